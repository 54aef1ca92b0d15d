import Synchronization

/// Makes something for all who ask for it before it is begun, away from the event loops, one at a time and with rests.
///
/// For pages that cost much and that anybody may ask for: however many do, they take a fourth of one core at the most,
/// and nobody gets what was made before he asked.
public final class SharedWork<Value: Sendable>: Sendable {
  private struct State {
    /// Not begun: whoever asks may share it.
    var next: Task<Value, Never>?
    /// Begun last; the next waits for its end.
    var last: Task<Value, Never>?
    var restsUntil = ContinuousClock.now
  }

  /// As long as the work took, so many times; but a machine that is slow now is not waited for.
  private static var restShare: Int { 3 }
  private static var longestRest: Duration { .milliseconds(100) }

  private let state = Mutex(State())
  private let work: @Sendable () async -> Value

  public init(_ work: @escaping @Sendable () async -> Value) {
    self.work = work
  }

  /// What the next run of the work makes.
  public func value() async -> Value {
    let task = state.withLock { state in
      if let next = state.next { return next }
      let last = state.last
      // Detached: a task of the caller's would run on its event loop.
      let task = Task.detached { await self.run(after: last) }
      state.next = task
      return task
    }
    return await task.value
  }

  private func run(after last: Task<Value, Never>?) async -> Value {
    _ = await last?.value
    let rest = state.withLock { $0.restsUntil }
    if rest > .now { try? await Task.sleep(until: rest) }
    state.withLock { state in
      state.last = state.next
      state.next = nil
    }
    let start = ContinuousClock.now
    let value = await work()
    let end = ContinuousClock.now
    state.withLock { state in
      state.restsUntil = end + min((end - start) * Self.restShare, Self.longestRest)
      // The last value is not kept for nobody.
      if state.next == nil { state.last = nil }
    }
    return value
  }
}
