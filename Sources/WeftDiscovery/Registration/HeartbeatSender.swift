import Synchronization
import WeftRPC

/// Sends the heartbeats of all registrations of one client together, on one call of `HeartbeatStream`.
///
/// Whose heartbeat is due takes those along that will be soon, so that a client with many instances sends one
/// message in the time in which one instance would. A call that is cut is made again with the next heartbeat. A
/// registry that does not know the call is sent single heartbeats.
///
/// The call lasts as long as anybody uses the sender; without users it holds nothing.
public final class HeartbeatSender: Sendable {
  struct State {
    var members: [InstanceKey: Member] = [:]
    /// Those whose heartbeat is due, until it is answered.
    var waiting: [InstanceKey: CheckedContinuation<Void, any Error>] = [:]
    /// The task that sends, when it has nothing to do.
    var parked: CheckedContinuation<Void, Never>?
    var isRunning = false
    /// The registry does not know the stream.
    var usesSingleHeartbeats = false
  }

  struct Member {
    var interval: Duration
    var due: Duration
    var isUnknown = false

    /// The time of the next heartbeat, a little early and not at the same time as others.
    mutating func hasBeaten(at now: Duration) {
      due = now + interval * Double.random(in: 0.9...1)
    }

    /// Whether it may come along at `now`.
    func isDueSoon(at now: Duration) -> Bool { due - now <= interval / 4 }
  }

  let client: any RegistryAccess
  let clock: any MonotonicClock
  let state = Mutex(State())

  public init(client: any RegistryAccess, clock: any MonotonicClock = SystemClock()) {
    self.client = client
    self.clock = clock
  }

  /// Sends heartbeats for an instance, for ever as long as they fail, and returns when the registry does not know it.
  ///
  /// - Parameters:
  ///   - interval: the time between two, of which two in a row may be lost.
  ///   - failed: called with what went wrong with one, and then with nil once one has arrived again.
  /// - Throws: `CancellationError`.
  func keepAlive(
    _ key: InstanceKey, every interval: Duration, failed: (_ error: (any Error)?) -> Void
  ) async throws {
    join(key, interval)
    defer { leave(key) }
    var backoff = Backoff(longest: interval)
    var hasFailed = false
    while true {
      let member = state.withLock { $0.members[key] }
      guard let member, !member.isUnknown else { return }
      // Others may have taken it along meanwhile.
      guard member.due <= clock.now else {
        try await clock.sleep(until: member.due)
        continue
      }
      do {
        try await beat(key)
        if hasFailed { failed(nil) }
        hasFailed = false
        backoff.reset()
      } catch let error as CancellationError {
        throw error
      } catch {
        try Task.checkCancellation()
        failed(error)
        hasFailed = true
        let wait = backoff.next()
        state.withLock { $0.members[key]?.due = clock.now + wait }
      }
    }
  }

  private func join(_ key: InstanceKey, _ interval: Duration) {
    var member = Member(interval: interval, due: .zero)
    member.hasBeaten(at: clock.now)
    state.withLock { $0.members[key] = member }
  }

  /// The last one to leave ends the call.
  private func leave(_ key: InstanceKey) {
    let parked = state.withLock { state in
      state.members[key] = nil
      return state.members.isEmpty ? state.parked.take() : nil
    }
    parked?.resume()
  }

  /// Returns once a heartbeat of the member has been answered.
  private func beat(_ key: InstanceKey) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enum Next { case refuse, start, wake(CheckedContinuation<Void, Never>?) }
        let next = state.withLock { state -> Next in
          if Task.isCancelled { return .refuse }
          state.waiting[key] = continuation
          if state.isRunning { return .wake(state.parked.take()) }
          state.isRunning = true
          return .start
        }
        switch next {
        case .refuse: continuation.resume(throwing: CancellationError())
        case .start: Task { await run() }
        case .wake(let parked): parked?.resume()
        }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: key) }?.resume(throwing: CancellationError())
    }
  }
}
