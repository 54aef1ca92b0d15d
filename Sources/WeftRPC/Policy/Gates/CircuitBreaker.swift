import NIOCore
import NIOPosix
import Synchronization

/// Keeps calls away from a backend after several failures in a row: ``CircuitBreakerPolicy``.
final class CircuitBreaker: Sendable {
  private struct State {
    var machine: CircuitBreakerState
    var lastFailure: RPCError?
    /// Wakes calls that wait for the end of the pause.
    var timer: Scheduled<Void>?
    var connections = 0
  }

  private let policy: CircuitBreakerPolicy
  private let state: Mutex<State>
  /// Closed and without a failure: nothing to look at, and nothing to note of a success.
  private let isCalm = Atomic<Bool>(true)
  private let onChange: @Sendable () -> Void

  init(_ policy: CircuitBreakerPolicy, onChange: @escaping @Sendable () -> Void) {
    self.policy = policy
    state = Mutex(State(machine: CircuitBreakerState(policy)))
    self.onChange = onChange
  }

  var admits: Bool {
    isCalm.load(ordering: .relaxed) || state.withLock { $0.machine.admits(at: .now) }
  }

  var refusal: GateRefusal? {
    state.withLock { state in
      let now = ContinuousClock.now
      if state.machine.admits(at: now) { return nil }
      let last = state.lastFailure.map { ", the last with \($0)" } ?? ""
      let what = "the circuit breaker is open after \(policy.failures) failures in a row\(last)"
      guard case .open(let end) = state.machine.phase else {
        return GateRefusal(isPending: false, reason: "\(what); one call tries it now")
      }
      let seconds = ((end - now) / .seconds(1)).rounded(.up)
      return GateRefusal(isPending: false, reason: "\(what); it is tried again in \(Int(seconds)) s")
    }
  }

  func began() -> Bool {
    isCalm.load(ordering: .relaxed) || state.withLock { $0.machine.began(at: .now) }
  }

  func ended(_ failure: CallFailure?) {
    if failure == nil, isCalm.load(ordering: .relaxed) { return }
    let outcome = outcome(failure)
    let isCloseAgain = state.withLock { state in
      let wasProbing = state.machine.phase == .probing
      state.machine.ended(outcome, at: .now)
      if outcome == .failure { state.lastFailure = failure?.error }
      isCalm.store(state.machine.phase == .closed(failures: 0), ordering: .relaxed)
      if case .open(let end) = state.machine.phase, outcome != .unknown, state.timer == nil {
        state.timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(
          in: TimeAmount(max(end - .now, .zero))
        ) { self.pauseEnded() }
      }
      return wasProbing && state.machine.phase != .probing
    }
    if isCloseAgain { onChange() }
  }

  /// The backend has a connection more. One that had none is another process now, or can be reached again.
  func connected() {
    state.withLock { state in
      if state.connections == 0 { state.machine.cameBack(at: .now) }
      state.connections += 1
    }
  }

  func lost() {
    state.withLock { $0.connections -= 1 }
  }

  private func outcome(_ failure: CallFailure?) -> CircuitBreakerState.Outcome {
    guard let failure else { return .success }
    if failure.tellsNothing { return .unknown }
    return policy.statusCodes.contains(failure.error.code) ? .failure : .success
  }

  private func pauseEnded() {
    state.withLock { $0.timer = nil }
    onChange()
  }

  func stop() {
    let timer = state.withLock { state in
      let timer = state.timer
      state.timer = nil
      return timer
    }
    timer?.cancel()
  }
}
