import NIOCore
import WeftHTTP2

extension Grpc_Channelz_V1_Socket {
  /// The socket on which a server listens.
  init(listenerOf server: EntityRegistry.Server) {
    self.init()
    ref = .with {
      $0.socketID = Int64(server.http.listenerID)
      $0.name = server.http.listenAddress?.channelzName ?? ""
    }
    local = server.http.listenAddress.map { .init($0) }
  }

  /// A connection.
  init(_ record: ConnectionRecord, _ look: ConnectionLook) {
    self.init()
    ref = .with {
      $0.socketID = Int64(record.id)
      $0.name = look.remote?.channelzName ?? ""
    }
    data = .init(look)
    local = look.local.map { .init($0) }
    remote = look.remote.map { .init($0) }
    security = look.tls.map { tls in
      .with {
        $0.tls = .with {
          // The suite is not known; its version is.
          $0.otherName = tls.version
          $0.remoteCertificate = tls.peerCertificate ?? []
        }
      }
    }
  }
}

extension Grpc_Channelz_V1_SocketData {
  init(_ look: ConnectionLook) {
    self.init()
    streamsStarted = Int64(look.streamsStarted)
    streamsSucceeded = Int64(look.streamsSucceeded)
    streamsFailed = Int64(max(look.streamsFailed, 0))
    messagesSent = Int64(look.calls.messagesSent)
    messagesReceived = Int64(look.calls.messagesReceived)
    keepAlivesSent = Int64(look.keepalivesSent)
    if look.isServer {
      lastRemoteStreamCreatedTimestamp = .init(look.calls.lastStarted)
    } else {
      lastLocalStreamCreatedTimestamp = .init(look.calls.lastStarted)
    }
    if look.calls.messagesSent > 0 { lastMessageSentTimestamp = .init(look.calls.lastEnded) }
    if look.calls.messagesReceived > 0 { lastMessageReceivedTimestamp = .init(look.calls.lastEnded) }
    localFlowControlWindow = .with { $0.value = Int64(look.sendWindow) }
    remoteFlowControlWindow = .with { $0.value = Int64(look.receiveWindow) }
  }
}

extension Grpc_Channelz_V1_Address {
  init(_ address: SocketAddress) {
    self.init()
    switch address {
    case .v4(let v4):
      let bytes = withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
      tcpipAddress = .with {
        $0.ipAddress = bytes
        $0.port = Int32(address.port ?? -1)
      }
    case .v6(let v6):
      let bytes = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
      tcpipAddress = .with {
        $0.ipAddress = bytes
        $0.port = Int32(address.port ?? -1)
      }
    case .unixDomainSocket:
      udsAddress = .with { $0.filename = address.pathname ?? "" }
    }
  }
}

extension SocketAddress {
  /// As in gRPC's own names.
  var channelzName: String {
    if case .unixDomainSocket = self { return "unix:" + (pathname ?? "") }
    let ip = ipAddress ?? ""
    return (ip.contains(":") ? "[\(ip)]" : ip) + ":\(port ?? 0)"
  }
}
