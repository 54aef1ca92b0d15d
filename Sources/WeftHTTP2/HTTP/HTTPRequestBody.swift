import NIOCore

/// The body of a request, read as it arrives. One reader.
///
/// The peer may send only as much as its flow-control window allows beyond what was read here.
public struct HTTPRequestBody: AsyncSequence, Sendable {
  public typealias Element = ByteBuffer

  let queue: InboundQueue<ByteBuffer>

  public struct AsyncIterator: AsyncIteratorProtocol {
    let queue: InboundQueue<ByteBuffer>

    public mutating func next() async throws -> ByteBuffer? {
      try await queue.next()
    }
  }

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(queue: queue)
  }

  /// The whole body when it has arrived already, which small ones have before anyone asks; nil, and nothing
  /// taken, when some of it is still to come. Saves who has to watch the clock from setting it.
  public func takeIfComplete() -> ByteBuffer? {
    guard var parts = queue.takeAllIfFinished()?[...] else { return nil }
    var whole = parts.popFirst() ?? ByteBuffer()
    for var part in parts { whole.writeBuffer(&part) }
    return whole
  }

  /// The whole body.
  ///
  /// - Throws: ``HTTPBodyTooLarge`` as soon as more than `limit` bytes came.
  public func collect(upTo limit: Int) async throws -> ByteBuffer {
    var whole = ByteBuffer()
    for try await var part in self {
      if whole.readableBytes + part.readableBytes > limit { throw HTTPBodyTooLarge(limit: limit) }
      if whole.readableBytes == 0 { whole = part } else { whole.writeBuffer(&part) }
    }
    return whole
  }
}

public struct HTTPBodyTooLarge: Error, Sendable, CustomStringConvertible {
  /// In bytes.
  public let limit: Int
  public var description: String { "the body is larger than \(limit) bytes" }
}

/// The peer reset the stream or its connection ended.
public struct HTTPStreamClosed: Error, Sendable, CustomStringConvertible {
  /// The HTTP/2 error code (RFC 9113, 7); nil when the connection ended.
  public let errorCode: UInt32?
  public var description: String {
    errorCode.map { "the stream was reset with HTTP/2 error code \($0)" } ?? "the connection ended"
  }
}
