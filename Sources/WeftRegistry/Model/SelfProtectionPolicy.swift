/// When silence of many does not count as death.
public struct SelfProtectionPolicy: Sendable, Hashable {
  /// When more than this share of a service's instances falls silent within ``window``, they stay. 1 turns it off.
  public var share = 0.5
  /// Services with fewer instances are not protected: there, many are few.
  public var minimumInstances = 5
  public var window: Duration = .seconds(60)
  /// How long they stay at most.
  public var longest: Duration = .seconds(600)
  /// How often to look at them again.
  public var retry: Duration = .seconds(5)

  public init() {}
}
