/// How long to wait before a child that died is started again: longer each time, up to a limit, and short again
/// once it has lived for a while.
public struct Backoff: Sendable {
  public var initial: Duration
  public var limit: Duration
  /// A child that lived this long is considered well.
  public var healthyAfter: Duration
  private var current: Duration

  public init(
    initial: Duration = .milliseconds(100), limit: Duration = .seconds(10),
    healthyAfter: Duration = .seconds(10)
  ) {
    self.initial = initial
    self.limit = limit
    self.healthyAfter = healthyAfter
    current = initial
  }

  /// The wait after a life of `lifetime`.
  mutating func next(after lifetime: Duration) -> Duration {
    if lifetime >= healthyAfter { current = initial }
    defer { current = min(current * 2, limit) }
    return current
  }
}
