#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import Logging
import NIOCore
import NIOPosix
import Synchronization
import WeftRPC

/// Answers DNS on one port, over UDP and TCP.
public final class DNSServer: Sendable {
  private struct Listening: Sendable {
    var stream: any NIOCore.Channel
    var datagrams: [any NIOCore.Channel]
  }

  private let responder: DNSResponder
  private let configuration: DNSServerConfiguration
  private let group: any EventLoopGroup
  private let metrics: DNSMetrics
  private let limiter: SourceLimiter
  private let connections: DNSConnections
  private let logger: Logger
  private let listening = Mutex<Listening?>(nil)

  public init(
    responder: DNSResponder, configuration: DNSServerConfiguration,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, metrics: MetricsRegistry = .shared,
    logger: Logger
  ) {
    self.responder = responder
    self.configuration = configuration
    self.group = group
    self.metrics = DNSMetrics(metrics)
    self.limiter = SourceLimiter(queriesPerSecond: configuration.limits.queriesPerSecond)
    self.connections = DNSConnections(limits: configuration.limits, metrics: self.metrics)
    self.logger = logger
  }

  /// Begins to listen. Returns the address that was bound, the same for UDP and TCP.
  ///
  /// - Throws: what the system said when the port cannot be had, as an `IOError`.
  public func start() async throws -> SocketAddress {
    let wanted = try SocketAddress(ipAddress: configuration.host, port: configuration.port)
    // A free port for TCP may be taken for UDP: look again.
    for attempt in 1... {
      do {
        let (channels, address) = try await bind(wanted)
        listening.withLock { $0 = channels }
        return address
      } catch  where configuration.port == 0 && attempt < Self.maxAttempts {
        logger.debug(
          "no port that is free for both UDP and TCP; looking again", metadata: ["error": "\(error)"])
      }
    }
    throw ChannelError.inappropriateOperationForState
  }

  private static let maxAttempts = 8

  /// Stops listening and closes every connection.
  public func shutdown() async {
    let channels = listening.withLock { listening in
      defer { listening = nil }
      return listening
    }
    guard let channels else { return }
    try? await channels.stream.close()
    for channel in channels.datagrams { try? await channel.close() }
    await connections.closeAll()
  }

  /// TCP first: its port cannot be shared, so that two servers cannot share that of UDP unawares.
  private func bind(_ wanted: SocketAddress) async throws -> (Listening, SocketAddress) {
    let stream = try await streamBootstrap().bind(to: wanted).get()
    var datagrams: [any NIOCore.Channel] = []
    do {
      guard let address = stream.localAddress else { throw ChannelError.unknownLocalAddress }
      for loop in group.makeIterator() {
        datagrams.append(try await datagramBootstrap(loop).bind(to: address).get())
      }
      return (Listening(stream: stream, datagrams: datagrams), address)
    } catch {
      try? await stream.close()
      for channel in datagrams { try? await channel.close() }
      throw error
    }
  }

  private func streamBootstrap() -> ServerBootstrap {
    let limits = configuration.limits
    return ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 256)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(
        .writeBufferWaterMark, value: .init(low: limits.queuedBytes / 2, high: limits.queuedBytes)
      )
      .childChannelInitializer { [connections, responder, metrics] channel in
        guard connections.add(channel) else {
          return channel.close()
        }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            DNSStreamHandler(responder: responder, limits: limits, metrics: metrics))
        }
      }
  }

  /// One socket for each loop, among which the system spreads the clients (SO_REUSEPORT). Many datagrams are read in
  /// one call, each into its part of the buffer.
  private func datagramBootstrap(_ loop: any EventLoop) -> DatagramBootstrap {
    let limits = configuration.limits
    return DatagramBootstrap(group: loop)
      .channelOption(.socketOption(Self.reusePort), value: 1)
      .channelOption(.datagramVectorReadMessageCount, value: Self.datagramsPerRead)
      .channelOption(
        .recvAllocator,
        value: FixedSizeRecvByteBufferAllocator(capacity: Self.datagramsPerRead * Self.datagramBytes)
      )
      .channelOption(.writeBufferWaterMark, value: .init(low: 512 << 10, high: 1 << 20))
      .channelInitializer { [responder, limiter, metrics] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            DNSDatagramHandler(
              responder: responder, limiter: limiter, limitsLoopback: limits.limitsLoopback, metrics: metrics)
          )
        }
      }
  }

  private static let reusePort = NIOBSDSocket.Option(rawValue: SO_REUSEPORT)
  private static let datagramsPerRead = 32
  /// Queries of more bytes are read in part, and answered with FORMERR.
  private static let datagramBytes = 1_536
}
