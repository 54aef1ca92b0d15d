import CNghttp2
import NIOCore
import NIOSSL

/// One connection at one moment.
package struct ConnectionLook: Sendable {
  package struct TLS: Sendable {
    /// Such as `TLSv1.3`.
    package var version: String
    /// The peer's certificate in DER.
    package var peerCertificate: [UInt8]?
  }

  package var isServer: Bool
  package var local: SocketAddress?
  package var remote: SocketAddress?
  package var tls: TLS?
  package var streamsStarted: Int
  package var streamsSucceeded: Int
  package var streamsFailed: Int
  package var calls: CallCounts
  package var callsRunning: Int
  package var keepalivesSent: Int
  /// Bytes that may be sent, and that the peer may send, over all streams.
  package var sendWindow: Int
  package var receiveWindow: Int

  /// On the loop only.
  init?(_ handler: HTTP2ConnectionHandler, _ calls: CallCounts) {
    guard let channel = handler.channel else { return nil }
    let session = handler.session
    isServer = session.configuration.role == .server
    local = channel.localAddress
    remote = channel.remoteAddress
    tls = TLS(channel)
    streamsStarted = session.streamsStarted
    streamsSucceeded = session.streamsSucceeded
    streamsFailed = session.streamsStarted - session.streamsSucceeded - session.streams.count
    (self.calls, callsRunning) = handler.record?.callsNow ?? (calls, 0)
    keepalivesSent = handler.keepalivesSent
    sendWindow = Int(nghttp2_session_get_remote_window_size(session.session))
    receiveWindow = Int(nghttp2_session_get_local_window_size(session.session))
  }
}

extension ConnectionLook.TLS {
  fileprivate init?(_ channel: any Channel) {
    let pipeline = channel.pipeline.syncOperations
    let handler: NIOSSLHandler
    if let server = try? pipeline.handler(type: NIOSSLServerHandler.self) {
      handler = server
    } else if let client = try? pipeline.handler(type: NIOSSLClientHandler.self) {
      handler = client
    } else {
      return nil
    }
    switch handler.tlsVersion {
    case .tlsv13: version = "TLSv1.3"
    case .tlsv12: version = "TLSv1.2"
    default: version = "TLS"
    }
    peerCertificate = try? handler.peerCertificate?.toDERBytes()
  }
}
