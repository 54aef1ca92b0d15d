import NIOCore
import Synchronization
import WeftHTTP2
import WeftProtobuf

/// What a handler may know of the call it serves, and what it may add to the reply.
public struct ServerContext: Sendable {
  let call: ServerCall

  /// `/package.Service/Method`.
  public var method: String { call.entry.method.path }

  /// The caller's metadata.
  public var metadata: Metadata { Metadata(received: call.requestFields) }

  /// One entry of the caller's metadata, without building all of it.
  public func metadata(_ key: String) -> String? {
    Metadata.isReserved(key) ? nil : call.requestFields[key]
  }

  /// When the caller stops waiting. Calls made while this one is served inherit it.
  public var deadline: ContinuousClock.Instant? { call.scope.deadline }

  /// Where the call stands in a distributed trace; nil when it is not traced. Calls made while this one is served
  /// become its children.
  public var trace: TraceContext? { call.scope.trace }

  /// Who calls: address and, with mutual TLS, the names in the verified certificate.
  public var peer: PeerInfo { call.peer }

  /// Whether the caller gave up, went away, or ran out of time. The handler's task is cancelled then too.
  public var isCancelled: Bool { Task.isCancelled }

  /// The caller's `x-request-id`, or one made up for this call.
  public var requestID: String { call.requestID }

  /// How the message of a unary call was packed.
  public var requestEncoding: MessageEncoding { call.requestEncoding }

  /// Packs the messages of the reply. Without effect when the caller cannot read the encoding, and once the
  /// first message was sent.
  public func compressReply(with encoding: MessageEncoding = .gzip) {
    call.compressReply(with: encoding)
  }
}

/// Replies of unary handlers.
extension ServerContext {
  /// Sends the reply, which ends the call. Inlined so that it is compiled for the message's own type.
  @inlinable
  func reply(_ message: some Message) throws {
    do {
      try message.serialize { reply(bytes: $0) }
    } catch {
      throw RPCError.unsendableMessage(type(of: message).fullName, error)
    }
  }

  @usableFromInline
  func reply(bytes: UnsafeRawBufferPointer) {
    if call.isOnLoop, !call.mayPack {
      call.finish(message: bytes)
    } else {
      reply(framed: ByteBuffer(grpcMessage: bytes))
    }
  }

  func reply(framed: ByteBuffer) {
    let packed = call.packed(framed)
    call.onLoop { $0.finish(packed) }
  }
}
