import NIOCore
import WeftHTTP2

/// A message as it came, perhaps packed.
public struct ReceivedMessage: Sendable {
  /// As on the wire, without the prefix.
  public let bytes: ByteBuffer
  /// How ``bytes`` are packed.
  public let encoding: MessageEncoding
  /// Bytes that the message may have when it is unpacked.
  let limit: Int

  /// - Parameter head: the fields that say how the sender packs what it packs.
  init(_ bytes: ByteBuffer, isCompressed: Bool, head: HTTPFields?, limit: Int) throws {
    self.bytes = bytes
    self.limit = limit
    encoding = isCompressed ? try Self.encoding(in: head) : .identity
  }

  /// The message itself. Stops at the limit, however large the message would become.
  ///
  /// - Throws: ``RPCError``: RESOURCE_EXHAUSTED at the limit, INTERNAL when the bytes are broken.
  @inlinable
  public func unpacked() throws -> ByteBuffer {
    encoding == .identity ? bytes : try inflated()
  }

  @usableFromInline
  func inflated() throws -> ByteBuffer {
    guard let format = ZlibFormat.of(encoding) else { return bytes }
    let message = try bytes.withUnsafeReadableBytes { bytes in
      try format.inflaters.with { try $0.inflate(bytes, limit: limit) }
    }
    guard let message else { throw RPCError(.resourceExhausted, "no memory to unpack a message") }
    return message
  }

  private static func encoding(in head: HTTPFields?) throws -> MessageEncoding {
    guard let name = head?["grpc-encoding"], name != MessageEncoding.identity.rawValue else {
      throw RPCError(.internalError, "a message is marked as compressed, but no grpc-encoding says how")
    }
    guard let encoding = MessageEncoding(rawValue: name) else {
      throw RPCError(
        .internalError,
        "the encoding \"\(name.prefix(32))\" is not known here; known are \(MessageEncoding.accepted)")
    }
    return encoding
  }
}
