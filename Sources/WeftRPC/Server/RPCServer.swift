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
  let http: HTTPServer
  private let core: RPCServerCore
  private let watch: LoopWatch?

  /// - Parameters:
  ///   - vitals: answers what is no gRPC. Without it, `GET /health`, `/metrics` and `/debug` are answered as
  ///     ``DebugPages`` and ``MetricsRegistry`` have them.
  public init(
    configuration: RPCServerConfiguration, services: [any RPCService],
    interceptors: [any ServerInterceptor] = [], vitals: (any HTTPResponder)? = nil,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    logger: Logger = Logger(label: "weft.rpc")
  ) {
    let health = HealthRegistry(services: services.map { type(of: $0).serviceName })
    self.health = health
    var router = RPCRouter(interceptors: interceptors)
    let limits = CallLimits(configuration)
    for service in services { router.add(service, limits: limits) }
    // A server that has too much to do must still be able to say so.
    for service in RPCServer.builtInServices(for: services, health: health, configuration: configuration) {
      router.add(service, limits: nil)
    }
    for pattern in interceptors.idlePatterns(among: router.entries.keys) {
      logger.warning("an interceptor is for methods that are not served", metadata: ["pattern": "\(pattern)"])
    }
    let responder = vitals ?? ServerVitals(service: configuration.serviceName, health: health)
    core = RPCServerCore(
      configuration: configuration, entries: router.entries, vitals: responder, logger: logger)
    http = HTTPServer(
      configuration: configuration.listening, http2: core, http1: responder, group: group, logger: logger)
    watch = configuration.blockedLoopThreshold.map { threshold in
      let report = BlockedLoopReport(methods: Set(router.entries.keys), logger: logger)
      return LoopWatch(Array(group.makeIterator()), threshold: TimeAmount(threshold)) { report.tell($0) }
    }
  }

  /// Begins to listen.
  ///
  /// - Returns: the address that was bound.
  public func start() async throws -> SocketAddress {
    let address = try await http.start()
    watch?.start()
    EntityRegistry.shared.add(http, named: core.configuration.serviceName)
    return address
  }

  /// Tells clients to go elsewhere, lets calls that run finish, and ends those that have not after `grace`.
  public func shutdown(grace: Duration = .seconds(15)) async {
    health.shutdown()
    await http.shutdown(grace: grace)
    watch?.stop()
    EntityRegistry.shared.remove(http)
    await core.binaryLog?.flush()
  }

  /// Connections that are open now.
  public var connectionCount: Int { http.connectionCount }
}
