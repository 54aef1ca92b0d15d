import NIOCore
import WeftHTTP2

/// An answer that is made while it is written, because it is too large to be kept in memory.
///
/// It calls `begin` with the head, and then `write` with each piece. What it throws before that is answered like any
/// other error; what it throws later breaks off the answer, so that no client takes half of it for the whole.
struct AnswerStream: Sendable {
  typealias Begin = @Sendable (ConsulAnswer) async throws -> Void
  typealias Write = @Sendable (ByteBuffer) async throws -> Void

  let produce: @Sendable (_ begin: @escaping Begin, _ write: @escaping Write) async throws -> Void

  init(_ produce: @escaping @Sendable (@escaping Begin, @escaping Write) async throws -> Void) {
    self.produce = produce
  }
}
