import Synchronization

/// Keeps the two writers of a streamed answer apart: messages, which wait for their turn, and keep-alive comments,
/// which give up theirs.
///
/// A writer may be suspended by back-pressure in the middle of its turn, so this cannot be a lock of threads.
final class StreamWriteLock: Sendable {
  private enum State {
    case free
    case message
    /// A comment is being written, and perhaps a message waits for its end.
    case comment(waiter: CheckedContinuation<Void, Never>?)
  }

  private let state = Mutex(State.free)

  /// Writes a message when no comment is being written. One task at a time.
  func withMessageTurn<R>(_ write: () async throws -> R) async throws -> R {
    await takeMessageTurn()
    defer { state.withLock { $0 = .free } }
    return try await write()
  }

  /// Writes a comment, or does nothing when a message is being written.
  func withCommentTurn(_ write: () async throws -> Void) async throws {
    let isFree = state.withLock { state in
      guard case .free = state else { return false }
      state = .comment(waiter: nil)
      return true
    }
    guard isFree else { return }
    defer { endComment() }
    try await write()
  }

  private func takeMessageTurn() async {
    let isTaken = state.withLock { state in
      guard case .free = state else { return false }
      state = .message
      return true
    }
    if isTaken { return }
    await withCheckedContinuation { continuation in
      let isTaken = state.withLock { state in
        if case .free = state {
          state = .message
          return true
        }
        state = .comment(waiter: continuation)
        return false
      }
      if isTaken { continuation.resume() }
    }
  }

  private func endComment() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard case .comment(let waiter) = state else { return nil }
      state = waiter == nil ? .free : .message
      return waiter
    }
    waiter?.resume()
  }
}
