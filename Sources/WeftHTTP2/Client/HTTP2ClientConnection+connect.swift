import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension HTTP2ClientConnection {
  /// Where and how to connect.
  public struct Target: Sendable {
    public enum Address: Sendable {
      case tcp(host: String, port: Int)
      case unix(path: String)
      /// A server of this process: ``HTTPServer/inProcessName``.
      case inProcess(name: String)
    }
    public var address: Address
    public var tls: NIOSSLContext?
    /// Name for SNI; nil or an IP address sends none.
    public var serverName: String?
    /// A name that the server's certificate must carry as URI or DNS subject alternative name.
    public var expectedIdentity: String?
    public var timeout: TimeAmount = .seconds(20)
    public var limits = HTTPLimits()
    /// When the server is asked whether it is still there; nil never.
    public var keepalive: KeepaliveOptions?

    public init(address: Address, tls: NIOSSLContext? = nil) {
      self.address = address
      self.tls = tls
    }

    var text: String {
      switch address {
      case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      case .unix(let path): "unix:" + path
      case .inProcess(let name): "inproc:" + name
      }
    }
  }

  /// Connects, shakes hands and waits for the server's SETTINGS.
  ///
  /// - Throws: ``HTTP2ConnectError`` that says which address failed and why.
  public static func connect(
    to target: Target, on eventLoop: any EventLoop, events: Events
  ) async throws -> HTTP2ClientConnection {
    let ready = eventLoop.makePromise(of: Void.self)
    let timer = eventLoop.scheduleTask(in: target.timeout) {
      ready.fail(HTTP2ConnectError(address: target.text, reason: target.timeoutText))
    }
    let holder = NIOLockedValueBox<HTTP2ClientConnection?>(nil)
    let initialize: @Sendable (any Channel) throws -> Void = { channel in
      let connection = HTTP2ClientConnection(
        channel: channel, address: target.text, isTLS: target.tls != nil, events: events, ready: ready)
      holder.withLockedValue { $0 = connection }
      let pipeline = channel.pipeline.syncOperations
      if let tls = target.tls {
        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: target.sni))
        try pipeline.addHandler(TLSGate(connection: connection, target: target))
      } else {
        try connection.install(pipeline, target)
      }
    }
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(target.timeout)
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 65536)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try initialize(channel) }
      }
    do {
      let channel: any Channel
      switch target.address {
      case .tcp(let host, let port):
        channel = try await bootstrap.channelOption(.socketOption(.tcp_nodelay), value: 1)
          .connect(host: host, port: port).get()
      case .unix(let path):
        channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
      case .inProcess(let name):
        guard let server = InProcessServers.shared.server(name) else {
          throw HTTP2ConnectError(address: target.text, reason: "there is no such server in this process")
        }
        channel = try await server.connectInProcess(on: eventLoop, initialize).get()
      }
      channel.closeFuture.whenComplete { _ in
        ready.fail(HTTP2ConnectError(address: target.text, reason: "the server closed the connection"))
      }
    } catch {
      ready.fail(error)
    }
    do {
      try await ready.futureResult.get()
      timer.cancel()
    } catch {
      timer.cancel()
      holder.withLockedValue { $0 }?.close()
      if error is HTTP2ConnectError { throw error }
      if case ChannelError.connectTimeout = error {
        throw HTTP2ConnectError(address: target.text, reason: target.timeoutText)
      }
      throw HTTP2ConnectError(address: target.text, reason: Self.reason(error))
    }
    guard let connection = holder.withLockedValue({ $0 }) else {
      throw HTTP2ConnectError(address: target.text, reason: "no connection")
    }
    return connection
  }

  /// A failure of a socket or of TLS in words.
  static func reason(_ error: any Error) -> String {
    if let error = error as? NIOConnectionError {
      if let first = error.connectionErrors.first { return reason(first.error) }
      return "the name \(error.host) has no address"
    }
    if let error = error as? HTTP2ConnectionError { return error.reason }
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    return TLSFailure.reason(error) ?? String(describing: error)
  }
}

extension HTTP2ClientConnection.Target {
  var timeoutText: String { "no answer in \(timeout.nanoseconds / 1_000_000) ms" }

  /// SNI takes names only, no addresses (RFC 6066, 3).
  var sni: String? {
    guard let serverName, (try? SocketAddress(ipAddress: serverName, port: 0)) == nil else { return nil }
    return serverName
  }
}
