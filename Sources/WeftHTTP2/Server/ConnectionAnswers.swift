import Synchronization

/// Gathers what connections on several loops say of themselves, and waits for them no longer than it should.
final class ConnectionAnswers: Sendable {
  private struct State {
    var infos: [Int: HTTPConnectionInfo] = [:]
    var missing: Int
    var isLate = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state: Mutex<State>

  init(expected: Int) {
    state = Mutex(State(missing: expected))
  }

  /// - Parameter info: nil of one that has closed.
  func add(_ info: HTTPConnectionInfo?, at index: Int) {
    let waiter = state.withLock { state in
      state.infos[index] = info
      state.missing -= 1
      return state.missing == 0 ? state.waiter.take() : nil
    }
    waiter?.resume()
  }

  private func giveUp() {
    let waiter = state.withLock { state in
      state.isLate = true
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Those that have answered, in order.
  func all(within patience: Duration) async -> [HTTPConnectionInfo] {
    let timer = Task.detached {
      try? await Task.sleep(for: patience)
      self.giveUp()
    }
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.missing == 0 || state.isLate { return true }
        state.waiter = continuation
        return false
      }
      if isOver { continuation.resume() }
    }
    timer.cancel()
    return state.withLock { $0.infos }.sorted { $0.key < $1.key }.map(\.value)
  }
}
