import NIOCore
import WeftHTTP2
import WeftProtobuf

/// The messages that a caller streams, in order. One reader.
public struct RequestStream<Request: Message>: AsyncSequence, Sendable {
  public typealias Element = Request

  let queue: InboundQueue<ReceivedMessage>

  public struct AsyncIterator: AsyncIteratorProtocol {
    let queue: InboundQueue<ReceivedMessage>
    /// How the last message was packed.
    public private(set) var encoding = MessageEncoding.identity

    init(queue: InboundQueue<ReceivedMessage>) {
      self.queue = queue
    }

    public mutating func next() async throws -> Request? {
      guard let message = try await queue.next() else { return nil }
      encoding = message.encoding
      return try Request(received: message.unpacked())
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }
}

/// Sends the messages of a streamed reply.
public struct ResponseWriter<Response: Message>: Sendable {
  @usableFromInline let raw: RawResponseWriter

  init(raw: RawResponseWriter) {
    self.raw = raw
  }

  /// Sends one message, and waits while the caller takes no more.
  ///
  /// - Parameter compress: false sends this message as it is in a reply that is compressed.
  /// - Throws: `RPCError` once the caller is gone; `CancellationError`.
  @inlinable
  public nonisolated(nonsending) func write(_ message: Response, compress: Bool = true) async throws {
    guard raw.mayWriteNow else { return try await raw.write(message, compress: compress) }
    let mayGoOn: Bool?
    do {
      mayGoOn = try message.serialize { raw.writeNow($0) }
    } catch {
      throw RPCError.unsendableMessage(Response.fullName, error)
    }
    if mayGoOn != true { try await raw.waitUntilWritable() }
  }
}

/// The messages of a caller, as bytes.
public struct RawRequestStream: AsyncSequence, Sendable {
  public typealias Element = ByteBuffer

  let queue: InboundQueue<ReceivedMessage>

  public struct AsyncIterator: AsyncIteratorProtocol {
    let queue: InboundQueue<ReceivedMessage>

    public mutating func next() async throws -> ByteBuffer? { try await queue.next()?.unpacked() }

    /// The next message as it came, perhaps packed.
    public mutating func nextReceived() async throws -> ReceivedMessage? { try await queue.next() }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: queue) }
}

/// Sends messages that are bytes already.
public struct RawResponseWriter: Sendable {
  let call: ServerCall

  /// - Parameter compress: false sends this message as it is in a reply that is compressed.
  public func write(_ message: ByteBuffer, compress: Bool = true) async throws {
    try await write(framed: ByteBuffer(framing: message), compress: compress)
  }

  @usableFromInline
  func write(_ message: some Message, compress: Bool) async throws {
    try await write(framed: message.framed(), compress: compress)
  }

  func write(framed: ByteBuffer, compress: Bool = true) async throws {
    try await call.write(compress ? call.packed(framed) : framed)
  }

  // The short way of typed messages, compiled for their own type.

  @usableFromInline var mayWriteNow: Bool { call.mayWriteNow }

  @usableFromInline
  func writeNow(_ message: UnsafeRawBufferPointer) -> Bool? { call.writeNow(message) }

  @usableFromInline
  func waitUntilWritable() async throws { try await call.waitUntilWritable() }
}
