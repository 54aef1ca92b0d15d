import NIOCore
import WeftHTTP2

/// How the messages of a reply are packed. What is asked for here costs only calls that have to do with it.
extension ServerCall {
  /// Settles the encoding, unless the caller cannot read it or a message was sent already.
  func compressReply(with encoding: MessageEncoding) {
    guard encoding.isAccepted(by: requestFields["grpc-accept-encoding"]),
      !hasWritten.load(ordering: .relaxed)
    else { return }
    reply.withLock { $0.encoding = encoding }
    hasReplyMetadata.store(true, ordering: .releasing)
  }

  /// Whether the reply's messages may have to be packed.
  @inline(__always)
  var mayPack: Bool { hasReplyMetadata.load(ordering: .acquiring) }

  /// A framed message as it goes out.
  @inline(__always)
  func packed(_ framed: ByteBuffer) -> ByteBuffer {
    mayPack ? packedIfAsked(framed) : framed
  }

  @inline(never)
  private func packedIfAsked(_ framed: ByteBuffer) -> ByteBuffer {
    let encoding = reply.withLock { $0.encoding }
    return encoding == .identity ? framed : encoding.packing(framed: framed)
  }

  /// A caller that packs what it sends is told how it may (gRPC's `compression`, Compression Method Asymmetry).
  func addEncodings(to fields: inout HTTPFields) {
    let encoding = reply.withLock { $0.encoding }
    if encoding != .identity { fields.add("grpc-encoding", encoding.rawValue) }
    if requestFields.contains("grpc-encoding") {
      fields.add("grpc-accept-encoding", MessageEncoding.accepted)
    }
  }
}
