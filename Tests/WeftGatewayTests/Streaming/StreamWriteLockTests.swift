import Synchronization
import Testing

@testable import WeftGateway

private final class Log: Sendable {
  private let state = Mutex<[String]>([])

  var lines: [String] { state.withLock { $0 } }

  func add(_ line: String) { state.withLock { $0.append(line) } }
}

@Suite("The write lock of a stream")
struct StreamWriteLockTests {
  @Test("makes a message wait for a comment, and lets a comment give way to a message")
  func turns() async throws {
    let lock = StreamWriteLock()
    let log = Log()
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await lock.withCommentTurn {
          start.yield()
          for await _ in released { break }
          log.add("comment")
        }
      }
      for await _ in started { break }
      group.addTask {
        try await lock.withMessageTurn {
          try await lock.withCommentTurn { log.add("never") }
          log.add("message")
        }
      }
      release.yield()
      try await group.waitForAll()
    }
    try await lock.withCommentTurn { log.add("last") }
    #expect(log.lines == ["comment", "message", "last"])
  }

  @Test("is free again after a failure")
  func failure() async throws {
    struct Failure: Error {}
    let lock = StreamWriteLock()
    await #expect(throws: Failure.self) { try await lock.withMessageTurn { throw Failure() } }
    await #expect(throws: Failure.self) { try await lock.withCommentTurn { throw Failure() } }
    let value = try await lock.withMessageTurn { 1 }
    #expect(value == 1)
  }
}
