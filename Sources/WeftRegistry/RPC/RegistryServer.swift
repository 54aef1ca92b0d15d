import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import WeftDiscovery
import WeftHTTP2
import WeftRPC

/// How to run a registry for others to call.
public struct RegistryServerConfiguration: Sendable {
  /// The SQLite file; created when it is not there.
  public var storePath: String
  /// Where to listen, and with which certificate.
  public var rpc: RPCServerConfiguration
  public var access: RegistryAccessPolicy
  public var registry: RegistryConfiguration

  public init(
    storePath: String, rpc: RPCServerConfiguration, access: RegistryAccessPolicy? = nil,
    registry: RegistryConfiguration = RegistryConfiguration()
  ) {
    self.storePath = storePath
    var rpc = rpc
    rpc.serviceName = "registry"
    self.rpc = rpc
    // Without TLS nobody has an identity that could be checked.
    self.access = access ?? (rpc.insecure ? .open : .standard)
    self.registry = registry
  }
}

/// A registry on a port: store, rules and RPC put together.
public final class RegistryServer: Sendable {
  public let registry: Registry
  private let store: any RegistryStore
  private let rpc: RPCServer
  private let running = Mutex<Task<Void, Never>?>(nil)

  /// Opens the store and loads it. A `StoreError` says in plain words what is wrong with the file.
  public init(
    configuration: RegistryServerConfiguration, vitals: (any HTTPResponder)? = nil,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    clock: any MonotonicClock = SystemClock(), logger: Logger
  ) async throws {
    SQLiteStore.removeLeftovers(beside: configuration.storePath)
    let store = try SQLiteStore(path: configuration.storePath)
    var registryConfiguration = configuration.registry
    registryConfiguration.access.certificates = configuration.access
    let registry = try await Registry(
      store: store, configuration: registryConfiguration, clock: clock, logger: logger)
    self.store = store
    self.registry = registry
    rpc = RPCServer(
      configuration: configuration.rpc,
      services: [
        RegistryService(registry: registry), KeyValueService(registry: registry),
        SessionService(registry: registry), AccessService(registry: registry),
      ], interceptors: registry.rateLimiter.map { [RateLimitInterceptor(limiter: $0)] } ?? [], vitals: vitals,
      group: group, logger: logger)
  }

  /// Begins to listen and to keep time. Returns the address that was bound.
  public func start() async throws -> SocketAddress {
    let address = try await rpc.start()
    let task = Task { [registry] in await registry.run() }
    running.withLock { $0 = task }
    return address
  }

  /// Stops in the order that loses nothing: writes that were taken in are committed and answered, watches
  /// end so that their clients go elsewhere, other calls finish, and then the file is closed.
  public func shutdown(grace: Duration = .seconds(15)) async {
    let task = takeRunning()
    task?.cancel()
    await rpc.shutdown(grace: grace)
    await task?.value
    await store.close()
  }

  /// Breaks off as if the process had been killed, as far as that goes within one: for tests of what follows.
  func abandon() async {
    await rpc.shutdown(grace: .zero)
    takeRunning()?.cancel()
  }

  private func takeRunning() -> Task<Void, Never>? {
    running.withLock { running in
      defer { running = nil }
      return running
    }
  }
}
