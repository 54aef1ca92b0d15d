import NIOCore
import Synchronization

/// Keeps the calls of a server, or of one method, within a limit.
final class CallLimiter: Sendable {
  /// What is limited, for the refused: `this server`, or a method's path.
  private let subject: String
  private let limit: ConcurrencyLimit
  private let running = Atomic<Int>(0)
  private let allowed: Atomic<Int>
  private let adaptive: Mutex<AdaptiveLimit?>
  private let gauge: MetricGauge

  init(_ limit: ConcurrencyLimit, subject: String, now: NIODeadline = .now()) {
    self.subject = subject
    self.limit = limit
    var adapting: AdaptiveLimit?
    switch limit.kind {
    case .fixed(let count): allowed = Atomic(count)
    case .adaptive(let settings):
      let start = AdaptiveLimit(settings, now: now)
      allowed = Atomic(start.value)
      adapting = start
    }
    adaptive = Mutex(adapting)
    gauge = MetricsRegistry.shared.gauge(
      "weft_server_concurrency_limit", ["subject": subject],
      help: "Calls that are served at a time before more are refused.")
    gauge.set(allowed.load(ordering: .relaxed))
  }

  var isAdaptive: Bool { if case .adaptive = limit.kind { true } else { false } }
  /// Calls that run now.
  var inFlight: Int { running.load(ordering: .relaxed) }
  /// Calls that may run now.
  var current: Int { allowed.load(ordering: .relaxed) }

  /// - Returns: what to tell the caller when there is no place left.
  func acquire() -> RPCError? {
    let count = running.wrappingAdd(1, ordering: .relaxed).newValue
    let most = allowed.load(ordering: .relaxed)
    if count <= most { return nil }
    running.wrappingSubtract(1, ordering: .relaxed)
    let delay = limit.pushback * Double.random(in: 0.5...1.5)
    switch limit.kind {
    case .fixed:
      return RPCError(.resourceExhausted, "\(subject) serves at most \(most) calls at a time")
        .pushingBack(delay)
    case .adaptive:
      return RPCError(.unavailable, "\(subject) is overloaded: it serves \(most) calls at a time now")
        .pushingBack(delay)
    }
  }

  /// Gives a place back without a word of how the call went.
  func release() {
    running.wrappingSubtract(1, ordering: .relaxed)
  }

  /// Gives the place of a call back that took `duration`.
  func release(_ duration: TimeAmount, isTimeout: Bool, now: NIODeadline = .now()) {
    let inFlight = running.wrappingSubtract(1, ordering: .relaxed).oldValue
    let changed = adaptive.withLock { adaptive -> Int? in
      let before = adaptive?.value
      adaptive?.record(duration, inFlight: inFlight, isTimeout: isTimeout, now: now)
      return adaptive?.value == before ? nil : adaptive?.value
    }
    guard let changed else { return }
    allowed.store(changed, ordering: .relaxed)
    gauge.set(changed)
  }
}
