import Synchronization

/// A clock that stands still until it is told otherwise, for tests and simulations.
public final class ManualClock: MonotonicClock {
  private struct Sleeper {
    var due: Duration
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Duration = .zero
    var nextID = 0
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
    /// Waiting until at least so many tasks sleep.
    var observers: [(id: Int, count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  public init() {}

  public var now: Duration { state.withLock { $0.now } }

  /// How many tasks sleep on it.
  public var sleepers: Int { state.withLock { $0.sleepers.count } }

  /// Moves the time and wakes all who slept until then, earliest first.
  public func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let due = state.sleepers.filter { $0.value.due <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.sorted { $0.due < $1.due }
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// Suspends until `count` tasks sleep on this clock, so that a test advances it at the right moment, or until the
  /// task is cancelled: who should have slept may be gone by then.
  public func waitForSleepers(_ count: Int = 1) async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state in
          if state.sleepers.count >= count || Task.isCancelled { return true }
          state.observers.append((id, count, continuation))
          return false
        }
        if ready { continuation.resume() }
      }
    } onCancel: {
      let observer = state.withLock { state in
        state.observers.firstIndex { $0.id == id }.map { state.observers.remove(at: $0) }
      }
      observer?.continuation.resume()
    }
  }

  public func sleep(until instant: Duration) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        park(id, until: instant, continuation)
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        if let sleeper = state.sleepers.removeValue(forKey: id) { return sleeper }
        state.cancelled.insert(id)
        return nil
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
    state.withLock { _ = $0.cancelled.remove(id) }
  }

  private func park(_ id: Int, until due: Duration, _ continuation: CheckedContinuation<Void, any Error>) {
    enum Outcome { case parked, due, cancelled }
    var ready: [CheckedContinuation<Void, Never>] = []
    let outcome = state.withLock { state -> Outcome in
      if state.cancelled.remove(id) != nil { return .cancelled }
      if due <= state.now { return .due }
      state.sleepers[id] = Sleeper(due: due, continuation: continuation)
      let count = state.sleepers.count
      ready = state.observers.filter { $0.count <= count }.map(\.continuation)
      state.observers.removeAll { $0.count <= count }
      return .parked
    }
    switch outcome {
    case .parked: break
    case .due: continuation.resume()
    case .cancelled: continuation.resume(throwing: CancellationError())
    }
    for observer in ready { observer.resume() }
  }
}
