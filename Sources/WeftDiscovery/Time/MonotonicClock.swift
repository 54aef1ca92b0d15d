/// Time as leases need it: it only moves forward, and a test can move it.
///
/// Instants are durations since an origin that means nothing outside the process. `Clock` of the standard
/// library would do too, but its associated instant makes every type that stores one generic.
public protocol MonotonicClock: Sendable {
  var now: Duration { get }
  /// Returns once ``now`` has reached the instant; throws `CancellationError` when the task is cancelled.
  func sleep(until instant: Duration) async throws
}

extension MonotonicClock {
  public func sleep(for duration: Duration) async throws {
    try await sleep(until: now + duration)
  }
}

/// The time of this machine, not counting the time it was suspended: whoever sleeps cannot hear heartbeats.
public struct SystemClock: MonotonicClock {
  private let origin = SuspendingClock.now

  public init() {}

  public var now: Duration { origin.duration(to: SuspendingClock.now) }

  public func sleep(until instant: Duration) async throws {
    try await SuspendingClock().sleep(until: origin.advanced(by: instant), tolerance: nil)
  }
}
