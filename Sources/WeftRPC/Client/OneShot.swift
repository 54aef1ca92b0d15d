import Synchronization

/// A value that comes once and that any number of tasks may wait for.
final class OneShot<Value: Sendable>: Sendable {
  private struct State {
    var result: Result<Value, any Error>?
    var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
    var nextWaiter = 0
  }

  private let state = Mutex(State())

  /// The value, when it has come.
  var valueNow: Value? {
    state.withLock { try? $0.result?.get() }
  }

  func succeed(_ value: Value) { resolve(.success(value)) }
  func fail(_ error: any Error) { resolve(.failure(error)) }

  private func resolve(_ result: Result<Value, any Error>) {
    let waiters = state.withLock { state -> [CheckedContinuation<Value, any Error>] in
      if state.result != nil { return [] }
      state.result = result
      let waiters = Array(state.waiters.values)
      state.waiters.removeAll()
      return waiters
    }
    for waiter in waiters { waiter.resume(with: result) }
  }

  /// Waits for the value.
  ///
  /// - Throws: the error that came instead, or `CancellationError`.
  func value() async throws -> Value {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<Value, any Error>? in
          if let result = state.result { return result }
          if Task.isCancelled { return .failure(CancellationError()) }
          state.waiters[id] = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
      waiter?.resume(throwing: CancellationError())
    }
  }
}
