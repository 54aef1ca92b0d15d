import NIOCore
import NIOSSL
import NIOTLS

/// Waits for TLS, checks what was negotiated and who answered, then lets HTTP/2 begin.
final class TLSGate: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let connection: HTTP2ClientConnection
  private let target: HTTP2ClientConnection.Target

  init(connection: HTTP2ClientConnection, target: HTTP2ClientConnection.Target) {
    self.connection = connection
    self.target = target
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let negotiated) = event as? TLSUserEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    guard negotiated == "h2" else {
      return fail("the server did not agree to HTTP/2 by ALPN")
    }
    if let expected = target.expectedIdentity {
      let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
      let identities = handler?.peerCertificate?.weftIdentities ?? []
      guard identities.contains(expected) else {
        return fail("the server's certificate is for \(identities), not for \(expected)")
      }
    }
    do {
      try connection.install(context.pipeline.syncOperations, target)
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    } catch {
      connection.failed(error)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(HTTP2ClientConnection.reason(error))
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail("the server ended the connection during the TLS handshake")
    context.fireChannelInactive()
  }

  private func fail(_ reason: String) {
    connection.failed(HTTP2ConnectError(address: target.text, reason: reason))
  }
}
