import NIOCore
import WeftHTTP2
import WeftProtobuf

/// The messages that a caller streams, in order. One reader.
public struct RequestStream<Request: Message>: AsyncSequence, Sendable {
  public typealias Element = Request

  let queue: InboundQueue<ByteBuffer>

  public struct AsyncIterator: AsyncIteratorProtocol {
    let queue: InboundQueue<ByteBuffer>

    public mutating func next() async throws -> Request? {
      try await queue.next().map { try Request(received: $0) }
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }
}

/// Sends the messages of a streamed reply.
public struct ResponseWriter<Response: Message>: Sendable {
  let raw: RawResponseWriter

  /// Sends one message, and waits while the caller takes no more.
  ///
  /// - Throws: `RPCError` once the caller is gone; `CancellationError`.
  public func write(_ message: Response) async throws {
    try await raw.write(framed: message.framed())
  }
}

/// The messages of a caller, as bytes.
public struct RawRequestStream: AsyncSequence, Sendable {
  public typealias Element = ByteBuffer

  let queue: InboundQueue<ByteBuffer>

  public struct AsyncIterator: AsyncIteratorProtocol {
    let queue: InboundQueue<ByteBuffer>

    public mutating func next() async throws -> ByteBuffer? { try await queue.next() }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }
}

/// Sends messages that are bytes already.
public struct RawResponseWriter: Sendable {
  let call: ServerCall

  public func write(_ message: ByteBuffer) async throws {
    try await write(framed: ByteBuffer(framing: message))
  }

  func write(framed: ByteBuffer) async throws {
    try await call.write(framed)
  }
}
