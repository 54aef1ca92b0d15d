import Logging
import NIOCore
import NIOPosix
import WeftHTTP2

/// Serves gRPC on one port, and the service's vitals beside it.
///
/// A connection that begins with TLS must show a certificate and may then make calls; over plain text
/// only the vitals are answered, unless ``RPCServerConfiguration/insecure`` is set.
public final class RPCServer: Sendable {
  /// The state that `grpc.health.v1` tells.
  public let health: HealthRegistry
  private let http: HTTPServer
  private let core: RPCServerCore

  /// - Parameters:
  ///   - vitals: answers what is no gRPC: `GET /health`, `/metrics`, `/debug`.
  public init(
    configuration: RPCServerConfiguration, services: [any RPCService],
    interceptors: [any ServerInterceptor] = [], vitals: (any HTTPResponder)? = nil,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    logger: Logger = Logger(label: "weft.rpc")
  ) {
    let health = HealthRegistry(services: services.map { type(of: $0).serviceName })
    self.health = health
    var all = services
    all.append(
      contentsOf: RPCServer.builtInServices(for: services, health: health, configuration: configuration))
    var router = RPCRouter()
    for service in all { service.register(in: &router) }
    let responder = vitals ?? NoVitals()
    core = RPCServerCore(
      configuration: configuration, entries: router.entries, interceptors: interceptors, vitals: responder,
      logger: logger)
    var listening = HTTPServerConfiguration(
      host: configuration.host, port: configuration.port, tls: configuration.tls, limits: configuration.http)
    listening.reloadableTLS = configuration.reloadableTLS
    listening.closesIdleHTTP2 = !configuration.insecure
    http = HTTPServer(
      configuration: listening,
      http2: core, http1: responder, group: group, logger: logger)
  }

  /// Begins to listen.
  ///
  /// - Returns: the address that was bound.
  public func start() async throws -> SocketAddress {
    try await http.start()
  }

  /// Tells clients to go elsewhere, lets calls that run finish, and ends those that have not after `grace`.
  public func shutdown(grace: Duration = .seconds(15)) async {
    health.setAll(.notServing)
    await http.shutdown(grace: grace)
  }

  /// Connections that are open now.
  public var connectionCount: Int { http.connectionCount }
}

/// Answers every request with 404.
private struct NoVitals: HTTPResponder {
  func respond(to request: HTTPRequestHead, body: HTTPRequestBody, writer: HTTPResponseWriter) async throws {
    try await writer.respond(
      status: 404, fields: ["content-type": "text/plain"], body: ByteBuffer(string: "not found\n"))
  }
}
