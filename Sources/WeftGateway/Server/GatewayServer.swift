import Logging
import Synchronization
import WeftDiscovery
import WeftHTTP2
import WeftRPC

// SwiftNIO has a `Channel` and `ChannelOptions` of its own.
import protocol NIOCore.EventLoopGroup
import enum NIOCore.SocketAddress

/// The gateway: JSON over HTTP on one side, the services of the registry on the other.
public final class GatewayServer: Sendable {
  private let routes = CurrentRoutes()
  private let backends: Backends
  private let watcher: RouteWatcher
  private let snapshots: @Sendable () -> AsyncStream<CatalogueSnapshot>
  private let server: HTTPServer
  private let watching = Mutex<Task<Void, Never>?>(nil)

  /// A gateway that follows a registry.
  /// - Parameters:
  ///   - catalogue: the services; whoever made it runs it.
  ///   - registry: where descriptor sets come from.
  ///   - channelOptions: how services are called, with the resolver of `weft:///` in it.
  public convenience init(
    configuration: GatewayConfiguration, catalogue: Catalogue, registry: any RegistryAccess,
    channelOptions: ChannelOptions, group: any EventLoopGroup, logger: Logger
  ) {
    var options = channelOptions
    // Instances that are gone leave the registry; those that are in it are worth trying again soon.
    options.backoff.initial = .milliseconds(100)
    options.backoff.max = .seconds(5)
    if options.serviceConfig.circuitBreaker == nil {
      options.serviceConfig.circuitBreaker = configuration.circuitBreaker
    }
    let settled = options
    self.init(
      configuration: configuration, snapshots: { catalogue.snapshots() },
      descriptorSet: { try await registry.descriptorSet(hash: $0) },
      backend: { service in
        let channel = Channel(target: "weft:///\(service)", options: settled, group: group)
        return Backend(channel: channel, close: { await channel.shutdown() })
      }, group: group, logger: logger)
  }

  /// A gateway with its surroundings given.
  /// - Parameters:
  ///   - snapshots: all services, at once and whenever they change.
  ///   - descriptorSet: gets a descriptor set by its hash.
  ///   - backend: makes the way to a service, by its name.
  public init(
    configuration: GatewayConfiguration, snapshots: @escaping @Sendable () -> AsyncStream<CatalogueSnapshot>,
    descriptorSet: @escaping @Sendable (String) async throws -> [UInt8],
    backend: @escaping @Sendable (String) -> Backend, group: any EventLoopGroup, logger: Logger
  ) {
    self.snapshots = snapshots
    backends = Backends(backend)
    let metrics = GatewayMetrics()
    watcher = RouteWatcher(
      routes: routes, backends: backends, metrics: metrics, logger: logger, fetch: descriptorSet)
    var listener = HTTPServerConfiguration(
      host: configuration.host, port: configuration.port, tls: configuration.tls)
    listener.allowsPlaintext = configuration.tls == nil
    listener.limits = configuration.http
    server = HTTPServer(
      configuration: listener,
      responder: GatewayResponder(
        configuration: configuration, routes: routes, backends: backends, metrics: metrics, logger: logger),
      group: group, logger: logger)
  }

  /// Listens, and follows the registry from now on.
  /// - Returns: the address, with the port that was taken.
  public func start() async throws -> SocketAddress {
    let address = try await server.start()
    EntityRegistry.shared.add(server, named: "gateway")
    watching.withLock { watching in
      if watching == nil {
        watching = Task { [watcher, snapshots] in await watcher.run(snapshots()) }
      }
    }
    return address
  }

  /// Returns once everything that the registry had at first is routed, or when the task is cancelled.
  public func waitUntilRouted() async {
    await watcher.waitUntilRouted()
  }

  /// Takes no more requests, lets those under way end, then closes.
  public func shutdown(grace: Duration = .seconds(15)) async {
    await server.shutdown(grace: grace)
    EntityRegistry.shared.remove(server)
    let task = watching.withLock { watching in
      let task = watching
      watching = nil
      return task
    }
    task?.cancel()
    await task?.value
    await backends.keep([])
  }
}
