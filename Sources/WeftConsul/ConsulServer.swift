import Logging
import NIOCore
import WeftHTTP2
import WeftRegistry
import WeftRPC

/// Consul's HTTP API on a port of its own.
public final class ConsulServer: Sendable {
  private let registry: Registry
  private let server: HTTPServer
  private let logger: Logger

  /// - Parameters:
  ///   - listener: where to listen, and with which certificate. Port 0 takes a free one.
  ///   - other: answers what is not the API: a page, metrics.
  public init(
    registry: Registry, listener: HTTPServerConfiguration, settings: ConsulSettings = ConsulSettings(),
    other: (any HTTPResponder)? = nil, group: any EventLoopGroup, logger: Logger
  ) {
    self.registry = registry
    self.logger = logger
    server = HTTPServer(
      configuration: listener,
      responder: ConsulResponder(registry: registry, settings: settings, other: other, logger: logger),
      group: group, logger: logger)
  }

  /// Begins to listen. The registry must run.
  /// - Returns: the address that was bound.
  public func start() async throws -> SocketAddress {
    do {
      try await registry.beginIndexes()
    } catch {
      // On a disk that takes no writes. The answers are right all the same.
      logger.warning("the registry's own node could not be stored", metadata: ["error": "\(error)"])
    }
    let address = try await server.start()
    EntityRegistry.shared.add(server, named: "consul")
    return address
  }

  /// Takes no more requests, lets those under way end, then closes.
  public func shutdown(grace: Duration = .seconds(15)) async {
    await server.shutdown(grace: grace)
    EntityRegistry.shared.remove(server)
  }
}
