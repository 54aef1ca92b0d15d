import NIOCore
import Synchronization

/// Lets as many calls run at a time as can be served without their taking much longer than in quiet times. Others
/// wait for a moment, and are refused when no place has become free.
final class LoadShedder: Sendable {
  enum Entry {
    case admitted
    /// The call will be told.
    case waits(AdmissionQueue.Ticket)
    case refused(Refusal)
  }

  private struct State {
    var limit: AdaptiveLimit
    var running = 0
    var queue = AdmissionQueue()
    /// Whether a timer looks after those who wait.
    var isWatched = false

    var patience: TimeAmount { queue.patience(.nanoseconds(Int64(limit.quiet))) }
  }

  /// What a change made of those who waited. Told after the lock was given back.
  private struct Outcome {
    var admitted: [AdmissionQueue.Ticket] = []
    var refused: [AdmissionQueue.Ticket] = []
    var limit = 0
  }

  private let state: Mutex<State>
  private let refusals: Refusals
  private let gauge: MetricGauge

  /// Refused in one go, so that a timer need not run for each.
  private static let shortestWatch = TimeAmount.milliseconds(1)

  init(
    _ settings: AdaptiveLimit.Settings, pushback: Duration, subject: String, now: NIODeadline = .now()
  ) {
    let limit = AdaptiveLimit(settings, now: now)
    state = Mutex(State(limit: limit))
    refusals = Refusals(pushback: pushback) { most in
      RPCError(.unavailable, "\(subject) is overloaded: it serves \(most) calls at a time now")
    }
    gauge = ConcurrencyLimit.gauge(of: subject)
    gauge.set(limit.value)
  }

  /// Calls that run now.
  var inFlight: Int { state.withLock { $0.running } }
  /// Calls that may run now.
  var current: Int { state.withLock { $0.limit.value } }

  func enter(_ call: any AdmissionCandidate, now: NIODeadline = .now()) -> Entry {
    let (entry, watchEnd) = state.withLock { state -> (Entry, NIODeadline?) in
      if state.running < state.limit.value, state.queue.isEmpty() {
        state.running += 1
        return (.admitted, nil)
      }
      if state.queue.isFull { return (.refused(refusals.next(state.limit.value)), nil) }
      let ticket = state.queue.join(call, now: now)
      if state.isWatched { return (.waits(ticket), nil) }
      state.isWatched = true
      return (.waits(ticket), now + state.patience)
    }
    if let watchEnd { watch(on: call.eventLoop, until: watchEnd) }
    return entry
  }

  /// Gives a place back.
  ///
  /// - Parameters:
  ///   - loop: where this is called.
  ///   - duration: what the call took; nil when that says nothing of the load.
  ///   - isTimeout: its deadline passed, so that it would have taken longer.
  func release(
    _ duration: TimeAmount? = nil, isTimeout: Bool = false, on loop: any EventLoop, now: NIODeadline = .now()
  ) {
    let outcome = state.withLock { state in
      if let duration {
        state.limit.record(duration, inFlight: state.running, isTimeout: isTimeout, now: now)
      }
      state.running -= 1
      return Self.admit(&state, on: loop, now)
    }
    gauge.set(outcome.limit)
    tell(outcome)
  }

  private static func admit(_ state: inout State, on loop: any EventLoop, _ now: NIODeadline) -> Outcome {
    var outcome = Outcome()
    outcome.limit = state.limit.value
    if state.queue.isEmpty() { return outcome }
    outcome.refused = state.queue.expired(state.patience, now: now)
    while state.running < outcome.limit, let next = state.queue.next(on: loop) {
      state.running += 1
      outcome.admitted.append(next)
    }
    return outcome
  }

  /// Refuses those who have waited long enough.
  func expire(on loop: any EventLoop, now: NIODeadline = .now()) {
    let (outcome, next) = state.withLock { state in
      let outcome = Self.admit(&state, on: loop, now)
      let next = state.queue.end(of: state.patience)
      state.isWatched = next != nil
      return (outcome, next)
    }
    if let next { watch(on: loop, until: max(next, now + Self.shortestWatch)) }
    tell(outcome)
  }

  private func watch(on loop: any EventLoop, until end: NIODeadline) {
    loop.scheduleTask(deadline: end) { self.expire(on: loop) }
  }

  private func tell(_ outcome: Outcome) {
    for ticket in outcome.admitted { ticket.call.admitted(by: self) }
    for ticket in outcome.refused { ticket.call.refused(refusals.next(outcome.limit)) }
  }
}
