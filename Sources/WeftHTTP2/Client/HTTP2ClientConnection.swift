import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One HTTP/2 connection to a server, whose SETTINGS have come.
///
/// The object may be held anywhere; what is marked so must be called on ``loop``.
public final class HTTP2ClientConnection: @unchecked Sendable {
  // Sound as `Sendable`: mutable state is touched on `loop` only.

  /// What the connection tells its holder, on the loop.
  public struct Events: Sendable {
    /// The connection takes no more streams: a GOAWAY came. Those that run may finish.
    public var draining: @Sendable (_ reason: String) -> Void
    /// The connection is gone. Called once.
    public var closed: @Sendable (_ reason: String) -> Void
    /// A stream ended, or the peer allows more of them.
    public var capacityChanged: @Sendable () -> Void

    public init(
      draining: @escaping @Sendable (_ reason: String) -> Void,
      closed: @escaping @Sendable (_ reason: String) -> Void,
      capacityChanged: @escaping @Sendable () -> Void
    ) {
      self.draining = draining
      self.closed = closed
      self.capacityChanged = capacityChanged
    }
  }

  public let loop: LoopContext
  /// Address as text, for messages.
  public let address: String
  public let isTLS: Bool
  private let events: Events
  private let channel: any Channel
  private var handler: HTTP2ConnectionHandler?
  private var isDraining = false
  private var ready: EventLoopPromise<Void>?

  fileprivate init(
    channel: any Channel, address: String, isTLS: Bool, events: Events, ready: EventLoopPromise<Void>
  ) {
    self.channel = channel
    self.loop = LoopContext.of(channel.eventLoop)
    self.address = address
    self.isTLS = isTLS
    self.events = events
    self.ready = ready
  }

  // MARK: On the loop

  /// Whether a stream can be opened now.
  public var hasCapacity: Bool {
    guard let handler, !isDraining, channel.isActive else { return false }
    return handler.session.streams.count < min(handler.session.remoteMaxConcurrentStreams, 100_000)
  }

  /// Streams that are open now.
  public var streamCount: Int { handler?.session.streams.count ?? 0 }

  public var isOpen: Bool { handler != nil && !isDraining && channel.isActive }

  /// Opens a stream. The head leaves with the next flush of the loop's turn.
  ///
  /// - Returns: nil when the connection takes no more streams.
  public func openStream(
    _ head: HTTP2Head, handler streamHandler: any HTTP2StreamHandler, endStream: Bool = false
  ) -> HTTP2Stream? {
    guard let handler, isOpen else { return nil }
    return handler.session.submitRequest(handler: streamHandler, endStream: endStream) { block in
      if head.method == "POST" { block.add(":method", "POST") } else { block.add(":method", head.method) }
      if head.scheme == "https" { block.add(":scheme", "https") } else { block.add(":scheme", "http") }
      block.add(":path", head.path)
      block.add(":authority", head.authority)
      block.add(head.fields)
    }
  }

  // MARK: Anywhere

  /// Closes at once. Streams that run end with an error.
  public func close() {
    channel.close(promise: nil)
  }

  /// Takes no more streams, and closes when those that run have ended.
  public func drain() {
    if loop.eventLoop.inEventLoop { drainNow() } else { loop.eventLoop.execute { self.drainNow() } }
  }

  private func drainNow() {
    isDraining = true
    guard let handler else { return close() }
    if handler.session.streams.isEmpty { close() }
  }

  fileprivate func install(_ pipeline: ChannelPipeline.SynchronousOperations, limits: HTTPLimits) throws {
    let session = try HTTP2Session(configuration: .init(role: .client, limits: limits))
    let handler = HTTP2ConnectionHandler(session: session, loop: loop, owner: self)
    self.handler = handler
    try pipeline.addHandler(handler)
  }

  fileprivate func failed(_ error: any Error) {
    ready?.fail(error)
    ready = nil
    close()
  }
}

extension HTTP2ClientConnection: HTTP2ConnectionOwner {
  func connection(
    _ connection: HTTP2ConnectionHandler, handlerFor stream: HTTP2Stream
  ) -> (any HTTP2StreamHandler)? { nil }

  func connectionReceivedSettings(_ connection: HTTP2ConnectionHandler) {
    if let ready {
      self.ready = nil
      ready.succeed()
    } else {
      events.capacityChanged()
    }
  }

  func connection(_ connection: HTTP2ConnectionHandler, receivedGoAway errorCode: UInt32, debug: String) {
    isDraining = true
    let text = debug.isEmpty ? "" : " (\(debug))"
    events.draining("the server sent GOAWAY with code \(errorCode)\(text)")
  }

  func connection(_ connection: HTTP2ConnectionHandler, receivedPingAck payload: UInt64) {}

  func connectionClosedStream(_ connection: HTTP2ConnectionHandler) {
    if isDraining {
      if connection.session.streams.isEmpty { close() }
    } else {
      events.capacityChanged()
    }
  }

  func connectionClosed(_ connection: HTTP2ConnectionHandler, error: (any Error)?) {
    handler = nil
    let reason = error.map { String(describing: $0) } ?? "the connection was closed"
    if let ready {
      self.ready = nil
      ready.fail(HTTP2ConnectError(address: address, reason: reason))
      return
    }
    events.closed(reason)
  }
}

/// A connection that did not come to be.
public struct HTTP2ConnectError: Error, Sendable, CustomStringConvertible {
  public let address: String
  public let reason: String
  public var description: String { "\(address): \(reason)" }
}

// MARK: - Connecting

extension HTTP2ClientConnection {
  /// Where and how to connect.
  public struct Target: Sendable {
    public enum Address: Sendable { case tcp(host: String, port: Int), unix(path: String) }
    public var address: Address
    public var tls: NIOSSLContext?
    /// Name for SNI; nil or an IP address sends none.
    public var serverName: String?
    /// A name that the server's certificate must carry as URI or DNS subject alternative name.
    public var expectedIdentity: String?
    public var timeout: TimeAmount = .seconds(20)
    public var limits = HTTPLimits()

    public init(address: Address, tls: NIOSSLContext? = nil) {
      self.address = address
      self.tls = tls
    }

    var text: String {
      switch address {
      case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      case .unix(let path): "unix:" + path
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
      ready.fail(HTTP2ConnectError(address: target.text, reason: "no answer in \(target.timeout)"))
    }
    let holder = NIOLockedValueBox<HTTP2ClientConnection?>(nil)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(target.timeout)
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 65536)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = HTTP2ClientConnection(
            channel: channel, address: target.text, isTLS: target.tls != nil, events: events, ready: ready)
          holder.withLockedValue { $0 = connection }
          let pipeline = channel.pipeline.syncOperations
          if let tls = target.tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: target.sni))
            try pipeline.addHandler(TLSGate(connection: connection, target: target))
          } else {
            try connection.install(pipeline, limits: target.limits)
          }
        }
      }
    do {
      let channel: any Channel
      switch target.address {
      case .tcp(let host, let port):
        channel = try await bootstrap.channelOption(.socketOption(.tcp_nodelay), value: 1)
          .connect(host: host, port: port).get()
      case .unix(let path):
        channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
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
      throw HTTP2ConnectError(address: target.text, reason: Self.reason(error))
    }
    guard let connection = holder.withLockedValue({ $0 }) else {
      throw HTTP2ConnectError(address: target.text, reason: "no connection")
    }
    return connection
  }

  private static func reason(_ error: any Error) -> String {
    if let error = error as? NIOConnectionError {
      if let first = error.connectionErrors.first { return reason(first.error) }
      return "the name \(error.host) has no address"
    }
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    return String(describing: error)
  }
}

extension HTTP2ClientConnection.Target {
  /// SNI takes names only, no addresses (RFC 6066, 3).
  fileprivate var sni: String? {
    guard let serverName, (try? SocketAddress(ipAddress: serverName, port: 0)) == nil else { return nil }
    return serverName
  }
}

/// Waits for TLS, checks what was negotiated and who answered, then lets HTTP/2 begin.
private final class TLSGate: ChannelInboundHandler, RemovableChannelHandler {
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
      try connection.install(context.pipeline.syncOperations, limits: target.limits)
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    } catch {
      connection.failed(error)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(String(describing: error))
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
