import NIOCore

/// How messages are packed on the wire (gRPC's `compression` and `PROTOCOL-HTTP2`, Message-Encoding).
///
/// Every message is packed alone, and says in its first byte whether it is.
public enum MessageEncoding: String, Sendable, Hashable, CaseIterable {
  /// As it is.
  case identity
  /// RFC 1952.
  case gzip
  /// RFC 1950: deflate with zlib's frame around it.
  case deflate

  /// What this side reads, as `grpc-accept-encoding` says it.
  static let accepted = allCases.map(\.rawValue).joined(separator: ",")

  /// Whether a list in a `grpc-accept-encoding` field has this encoding.
  func isAccepted(by list: String?) -> Bool {
    guard self != .identity, let list else { return self == .identity }
    return list.split(whereSeparator: { $0 == "," || $0 == " " }).contains { $0 == rawValue }
  }

  /// A message with its length in front, packed when that makes it smaller.
  func framing(_ message: ByteBuffer) -> ByteBuffer {
    message.withUnsafeReadableBytes { bytes in packed(bytes) ?? ByteBuffer(grpcMessage: bytes) }
  }

  /// The same of a message that has its length in front already.
  func packing(framed: ByteBuffer) -> ByteBuffer {
    framed.withUnsafeReadableBytes { bytes in
      packed(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(ByteBuffer.messagePrefixBytes))) ?? framed
    }
  }

  /// - Returns: nil when the message is better sent as it is.
  private func packed(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer? {
    ZlibFormat.of(self)?.deflaters.with { $0.frame(bytes) } ?? nil
  }
}
