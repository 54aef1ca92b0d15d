/// How a ``Registry`` keeps time and bounds.
public struct RegistryConfiguration: Sendable {
  public var limits = RegistryLimits()
  /// How long a descriptor set is kept that no instance refers to.
  public var descriptorRetention: Duration = .seconds(3_600)
  /// How often to look for descriptor sets to drop.
  public var collectionInterval: Duration = .seconds(60)
  /// The longest sleep between two looks at the leases. Less than the shortest lease, so that each lease is
  /// seen before it runs out, and its end is met exactly.
  public var leaseTick: Duration = .milliseconds(500)
  /// When the registry itself wakes up later than this (a stopped process, a starved machine), the time it
  /// was away counts against nobody: it could not hear the heartbeats, which may be waiting in its sockets.
  public var awayThreshold: Duration = .seconds(1)
  public var selfProtection = SelfProtectionPolicy()
  /// A watch that has nothing to tell says so this often, so that both ends notice a dead connection.
  public var watchIdleInterval: Duration = .seconds(15)

  /// The address of the registry's own node, at which others reach what runs beside the registry.
  public var nodeAddress = "127.0.0.1"
  /// What Consul's clients call the place where the registry is.
  public var datacenter = "dc1"
  /// Who may do what.
  public var access = AccessConfiguration()
  /// Where to write who changed what; nil writes it nowhere.
  public var audit: AuditConfiguration?
  /// How often one client may ask; nil as often as it likes.
  public var rateLimit: RateLimit?

  public init() {}
}
