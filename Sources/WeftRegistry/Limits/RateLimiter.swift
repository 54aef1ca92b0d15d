import Synchronization
import WeftDiscovery

/// How many requests one client may make.
public struct RateLimit: Sendable, Hashable {
  /// Requests a second, on average.
  public var requestsPerSecond: Double
  /// Requests at once, after a pause.
  public var burst: Double
  /// Clients that are told apart. More share one bucket.
  public var clients = 65_536

  /// A burst of nil is what the client may make in a second.
  public init(requestsPerSecond: Double, burst: Double? = nil) {
    self.requestsPerSecond = requestsPerSecond
    self.burst = max(burst ?? requestsPerSecond, 1)
  }
}

/// A token bucket for each client, so that one of them cannot keep a registry from the others.
///
/// A bucket that is full again says nothing that a new one would not, and is forgotten.
public final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: Duration
  }

  private struct State {
    var buckets: [String: Bucket] = [:]
    /// When to look again for buckets that are full.
    var nextSweep: Duration = .zero
    var limited: UInt64 = 0
  }

  public let limit: RateLimit
  private let clock: any MonotonicClock
  private let state = Mutex(State())

  public init(_ limit: RateLimit, clock: any MonotonicClock = SystemClock()) {
    self.limit = limit
    self.clock = clock
  }

  /// Requests that were turned away.
  public var limitedRequests: UInt64 { state.withLock(\.limited) }

  /// Nil when a request of this client may pass; otherwise how long it has to wait before one may.
  public func wait(for client: String, cost: Double = 1) -> Duration? {
    let now = clock.now
    return state.withLock { state in
      let key = key(for: client, now: now, &state)
      var bucket = state.buckets[key] ?? Bucket(tokens: limit.burst, filledAt: now)
      bucket.tokens = filled(bucket, now: now)
      bucket.filledAt = now
      defer { state.buckets[key] = bucket }
      // What costs more than a full bucket passes when it is full, and leaves a debt.
      let needed = min(cost, limit.burst)
      guard bucket.tokens < needed else {
        bucket.tokens -= cost
        return nil
      }
      state.limited += 1
      let microseconds = (needed - bucket.tokens) / limit.requestsPerSecond * 1e6
      return .microseconds(max(1, Int64(microseconds.rounded())))
    }
  }

  private func filled(_ bucket: Bucket, now: Duration) -> Double {
    min(limit.burst, bucket.tokens + ((now - bucket.filledAt) / .seconds(1)) * limit.requestsPerSecond)
  }

  private func key(for client: String, now: Duration, _ state: inout State) -> String {
    guard state.buckets.count >= limit.clients, state.buckets[client] == nil else { return client }
    if now >= state.nextSweep {
      // Not for each request: a flood of new clients must not cost a walk each.
      state.nextSweep = now + .seconds(1)
      state.buckets = state.buckets.filter { filled($0.value, now: now) < limit.burst }
    }
    return state.buckets.count < limit.clients ? client : ""
  }
}
