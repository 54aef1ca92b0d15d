import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing
import WeftHTTP2
import WeftRPC

/// Stands between a client and a server, and can cut the wire.
final class Wire: Sendable {
  private let listener: any NIOCore.Channel
  private let channels: ChannelList
  private let valve: Valve
  let port: Int

  private init(listener: any NIOCore.Channel, channels: ChannelList, valve: Valve) {
    self.listener = listener
    self.channels = channels
    self.valve = valve
    port = listener.localAddress?.port ?? 0
  }

  /// - Parameter target: port to pass everything on to; nil takes connections and never answers.
  static func start(to target: Int?) async throws -> Wire {
    let channels = ChannelList()
    let valve = Valve()
    let group = MultiThreadedEventLoopGroup.singleton
    let listener = try await ServerBootstrap(group: group)
      .childChannelInitializer { near in
        channels.add(near)
        guard let target else { return near.eventLoop.makeSucceededVoidFuture() }
        return ClientBootstrap(group: near.eventLoop).connect(host: "127.0.0.1", port: target)
          .flatMapThrowing { far in
            channels.add(far)
            try near.pipeline.syncOperations.addHandler(Forward(to: far, valve))
            try far.pipeline.syncOperations.addHandler(Forward(to: near, valve))
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return Wire(listener: listener, channels: channels, valve: valve)
  }

  /// Lets every connection stand, and drops what is sent on it from now on: a network that is gone.
  func silence() {
    valve.isShut.store(true, ordering: .relaxed)
  }

  /// Breaks every connection.
  func cutConnections() {
    channels.closeAll()
  }

  /// Breaks every connection, and takes no more.
  func cut() async {
    try? await listener.close()
    channels.closeAll()
  }
}

private final class ChannelList: Sendable {
  private let channels = Mutex<[any NIOCore.Channel]>([])

  func add(_ channel: any NIOCore.Channel) {
    channels.withLock { $0.append(channel) }
  }

  func closeAll() {
    for channel in channels.withLock({ $0 }) { channel.close(promise: nil) }
  }
}

private final class Valve: Sendable {
  let isShut = Atomic<Bool>(false)
}

private final class Forward: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let other: any NIOCore.Channel
  private let valve: Valve

  init(to other: any NIOCore.Channel, _ valve: Valve) {
    self.other = other
    self.valve = valve
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if valve.isShut.load(ordering: .relaxed) { return }
    other.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    other.close(promise: nil)
  }
}

/// Refuses every stream.
struct RefusingPeer: HTTP2StreamHandlerFactory {
  func makeHandler(
    for stream: HTTP2Stream, on connection: HTTP2ConnectionContext
  ) -> (any HTTP2StreamHandler)? { nil }
}

/// Answers every request alike, as a web server that knows no gRPC would.
struct FixedResponder: HTTPResponder {
  var status = 200
  var fields: HTTPFields = [:]
  var body: [UInt8] = []
  var trailers: HTTPFields = [:]

  func respond(
    to request: HTTPRequestHead, body requestBody: HTTPRequestBody, writer: HTTPResponseWriter
  ) async throws {
    for try await _ in requestBody {}
    try await writer.writeHead(status: status, fields: fields)
    if !body.isEmpty { try await writer.write(ByteBuffer(bytes: body)) }
    try await writer.finish(trailers: trailers)
  }
}

/// Runs `body` against an HTTP server that is no RPC server.
func withPeer<Result>(
  _ responder: any HTTPResponder = FixedResponder(), http2: (any HTTP2StreamHandlerFactory)? = nil,
  _ body: (Int) async throws -> Result
) async throws -> Result {
  let configuration = HTTPServerConfiguration(port: 0)
  let group = MultiThreadedEventLoopGroup.singleton
  let logger = Logger(label: "test")
  let server =
    http2.map {
      HTTPServer(configuration: configuration, http2: $0, http1: responder, group: group, logger: logger)
    } ?? HTTPServer(configuration: configuration, responder: responder, group: group, logger: logger)
  let port = try #require(try await server.start().port)
  do {
    let result = try await body(port)
    await server.shutdown(grace: .zero)
    return result
  } catch {
    await server.shutdown(grace: .zero)
    throw error
  }
}
