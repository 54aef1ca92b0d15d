import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Listens on one port for HTTP/2 and HTTP/1.1, in plain text and over TLS.
///
/// HTTP/2 streams go to a ``HTTP2StreamHandlerFactory``, HTTP/1.1 requests to an ``HTTPResponder``.
public final class HTTPServer: Sendable {
  private let configuration: HTTPServerConfiguration
  private let factory: any HTTP2StreamHandlerFactory
  private let responder: any HTTPResponder
  private let group: any EventLoopGroup
  private let logger: Logger
  private let connections: ServerConnections
  private let outputBudget: ByteBudget
  private let listener = Mutex<(any Channel)?>(nil)
  /// Made when it is asked for.
  let inProcess = Mutex<InProcessName?>(nil)

  /// Serves both versions with one responder.
  public convenience init(
    configuration: HTTPServerConfiguration, responder: any HTTPResponder, group: any EventLoopGroup,
    logger: Logger
  ) {
    self.init(
      configuration: configuration, http2: ResponderFactory(responder: responder), http1: responder,
      group: group, logger: logger)
  }

  /// Serves HTTP/2 streams with handlers of their own.
  public init(
    configuration: HTTPServerConfiguration, http2 factory: any HTTP2StreamHandlerFactory,
    http1 responder: any HTTPResponder, group: any EventLoopGroup, logger: Logger
  ) {
    self.configuration = configuration
    self.factory = factory
    self.responder = responder
    self.group = group
    self.logger = logger
    outputBudget = ByteBudget(limit: configuration.limits.maxQueuedBytes)
    connections = ServerConnections(
      limit: min(configuration.limits.maxConnections, OpenFiles.forConnections))
  }

  /// What tools call this server, and the socket on which it listens.
  package let id = EntityID.next()
  package let listenerID = EntityID.next()
  private let records = ConnectionRecords()

  /// The HTTP/2 connections that are open now.
  package var connectionRecords: [ConnectionRecord] { records.all }
  package func connectionRecord(_ id: Int) -> ConnectionRecord? { records[id] }
  /// The calls on all connections, also those that have ended, and how many run.
  package func calls() async -> (counts: CallCounts, running: Int) { await records.calls() }
  /// Where it listens; nil before and after.
  package var listenAddress: SocketAddress? { listener.withLock { $0?.localAddress } }

  /// Connections that are open now.
  public var connectionCount: Int { connections.count }

  func openChannels(limit: Int) -> [(channel: any Channel, start: NIODeadline)] { connections.oldest(limit) }

  /// Begins to listen.
  ///
  /// - Returns: the address that was bound, with the port that was chosen for port 0.
  /// - Throws: what the system says of the address, or of the certificates.
  public func start() async throws -> SocketAddress {
    let tls =
      try configuration.reloadableTLS ?? configuration.tls.map { try ReloadableTLS($0, role: .server) }
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: configuration.backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 65536)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.prepare(channel, tls: tls) }
      }
    let channel: any Channel
    if configuration.host.hasPrefix("unix:") {
      let path = String(configuration.host.dropFirst("unix:".count))
      channel = try await ServerBootstrap(group: group)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try self.prepare(channel, tls: tls) }
        }
        .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    } else {
      channel = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
    }
    listener.withLock { $0 = channel }
    guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
    return address
  }

  /// Stops to listen, lets what runs finish, and closes what has not after `grace`.
  public func shutdown(grace: Duration = .seconds(15)) async {
    let channel = listener.withLock { listener in
      let channel = listener
      listener = nil
      return channel
    }
    try? await channel?.close()
    await connections.drain(grace: TimeAmount(grace), on: group.any())
  }

  /// Takes a connection from inside this process, which needs no TLS.
  func accept(_ channel: MemoryChannel) throws {
    try prepare(channel, tls: nil, allowsPlaintext: true)
  }

  private func prepare(_ channel: any Channel, tls: ReloadableTLS?, allowsPlaintext: Bool? = nil) throws {
    guard connections.add(channel) else {
      logger.debug("connection refused", metadata: ["open": "\(connections.count)"])
      channel.close(promise: nil)
      return
    }
    let plan = PortSniffer.Plan(
      tls: tls?.context, allowsPlaintext: allowsPlaintext ?? configuration.allowsPlaintext,
      timeout: configuration.limits.headerTimeout
    ) { chosen, isTLS, context in
      try self.install(chosen, isTLS: isTLS, context)
    }
    try channel.pipeline.syncOperations.addHandler(PortSniffer(plan: plan))
  }

  private func install(_ chosen: PortSniffer.Application, isTLS: Bool, _ context: ChannelHandlerContext)
    throws
  {
    let pipeline = context.pipeline.syncOperations
    let peer = PeerInfo(channel: context.channel, isTLS: isTLS)
    let loop = LoopContext.of(context.eventLoop)
    switch chosen {
    case .http2:
      let session = try HTTP2Session(
        configuration: .init(role: .server, limits: configuration.limits), scratch: loop.scratch)
      let shared = HTTP2ConnectionContext(peer: peer, loop: loop)
      let handler = HTTP2ConnectionHandler(
        session: session, loop: loop,
        owner: ServerConnection(factory: factory, context: shared, records: records),
        times: configuration.times(isStranger: peer.identities.isEmpty && !peer.isInProcess),
        budget: outputBudget)
      handler.recorded(in: shared.record)
      records.add(shared.record)
      try pipeline.addHandler(handler)
    case .http1:
      try HTTP1ServerHandler.install(
        HTTP1ServerHandler(
          responder: responder, peer: peer, limits: configuration.limits, loop: loop, budget: outputBudget),
        in: pipeline)
    }
  }
}

/// Owns the server's end of an HTTP/2 connection.
private final class ServerConnection: HTTP2ConnectionOwner {
  private let factory: any HTTP2StreamHandlerFactory
  private let context: HTTP2ConnectionContext
  private let records: ConnectionRecords

  init(
    factory: any HTTP2StreamHandlerFactory, context: HTTP2ConnectionContext, records: ConnectionRecords
  ) {
    self.factory = factory
    self.context = context
    self.records = records
  }

  func connection(
    _ connection: HTTP2ConnectionHandler, handlerFor stream: HTTP2Stream
  ) -> (any HTTP2StreamHandler)? {
    factory.makeHandler(for: stream, on: context)
  }

  func connectionReceivedSettings(_ connection: HTTP2ConnectionHandler) {}
  func connection(_ connection: HTTP2ConnectionHandler, receivedGoAway errorCode: UInt32, debug: String) {}
  func connection(_ connection: HTTP2ConnectionHandler, receivedPingAck payload: UInt64) {}
  func connectionClosedStream(_ connection: HTTP2ConnectionHandler) {}
  func connectionClosed(_ connection: HTTP2ConnectionHandler, error: (any Error)?) {
    records.remove(context.record)
  }
}
