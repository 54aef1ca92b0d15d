import NIOCore
import Synchronization
import WeftHTTP2

/// A body that is too large to be kept in memory, read piece by piece.
struct BodyPieces: Sendable {
  /// Gives each piece to `take`, one after the other.
  let forEach: @Sendable (_ take: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void

  init(
    _ forEach:
      @escaping @Sendable (@escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void
  ) {
    self.forEach = forEach
  }

  /// - Parameter patience: how long the client may take for the next piece.
  init(_ body: HTTPRequestBody, patience: Duration) {
    self.init { take in
      let progress = StallTimer()
      try await progress.watch(patience: patience) {
        for try await piece in body {
          progress.advance()
          try await take(piece)
          progress.advance()
        }
      } stalled: {
        ConsulError(408, "The body did not go on within \(patience)")
      }
    }
  }
}

/// Gives up on what makes no progress for too long.
final class StallTimer: Sendable {
  private let steps = Atomic<Int>(0)

  /// There is progress.
  func advance() { steps.add(1, ordering: .relaxed) }

  /// Runs `body`, and throws what `stalled` says when it does not advance for between one and two times `patience`.
  func watch(
    patience: Duration, _ body: @escaping @Sendable () async throws -> Void,
    stalled: @escaping @Sendable () -> any Error
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(operation: body)
      group.addTask {
        var before = -1
        while true {
          let now = self.steps.load(ordering: .relaxed)
          if now == before { throw stalled() }
          before = now
          try await Task.sleep(for: patience)
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
