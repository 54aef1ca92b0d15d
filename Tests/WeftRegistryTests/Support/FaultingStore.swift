import Synchronization
import WeftDiscovery

@testable import WeftRegistry

/// A store whose commits a test can hold up or make fail.
final class FaultingStore: RegistryStore {
  private struct State {
    var isHeld = false
    var held: CheckedContinuation<Void, Never>?
    var arrivals: [CheckedContinuation<Void, Never>] = []
    var failure: StoreError?
    var committed: [StoreBatch] = []
  }

  private let inner = MemoryStore()
  private let state = Mutex(State())

  /// Commits from now on wait for ``release()``.
  func hold() {
    state.withLock { $0.isHeld = true }
  }

  func release() {
    let held = state.withLock { state in
      state.isHeld = false
      defer { state.held = nil }
      return state.held
    }
    held?.resume()
  }

  /// Returns once a commit waits.
  func waitForHeldCommit() async {
    await withCheckedContinuation { arrival in
      let isThere = state.withLock { state in
        if state.held != nil { return true }
        state.arrivals.append(arrival)
        return false
      }
      if isThere { arrival.resume() }
    }
  }

  func fail(with error: StoreError?) {
    state.withLock { $0.failure = error }
  }

  var committed: [StoreBatch] { state.withLock { $0.committed } }

  func load() async throws(StoreError) -> StoredState { try await inner.load() }

  func commit(_ batch: StoreBatch) async throws(StoreError) {
    await withCheckedContinuation { continuation in
      let (goesOn, arrivals) = state.withLock { state in
        guard state.isHeld else { return (true, [CheckedContinuation<Void, Never>]()) }
        state.held = continuation
        defer { state.arrivals = [] }
        return (false, state.arrivals)
      }
      if goesOn { continuation.resume() }
      for arrival in arrivals { arrival.resume() }
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
    try await inner.commit(batch)
    state.withLock { $0.committed.append(batch) }
  }

  func descriptorSet(hash: String) async throws(StoreError) -> [UInt8]? {
    try await inner.descriptorSet(hash: hash)
  }

  func close() async {}
}
