import Logging
import NIOPosix
import Synchronization
import WeftDiscovery
import WeftHTTP2
import WeftRPC

@testable import WeftGateway

/// A gateway on a free port, with a registry that the test plays.
final class TestGateway: Sendable {
  let client: TestClient
  let server: GatewayServer
  private let registry: FakeRegistry

  /// Runs `body` with a gateway, and stops it.
  static func run(
    _ configure: (inout GatewayConfiguration) -> Void = { _ in }, _ body: (TestGateway) async throws -> Void
  ) async throws {
    var configuration = GatewayConfiguration(port: 0)
    configuration.accessLog = false
    configure(&configuration)
    let registry = FakeRegistry()
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = GatewayServer(
      configuration: configuration, snapshots: { registry.snapshots() },
      descriptorSet: { try await registry.descriptorSet($0) },
      backend: { service in
        let channel = WeftRPC.Channel(target: registry.target(of: service))
        return Backend(channel: channel, close: { await channel.shutdown() })
      }, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    let address = try await server.start()
    let gateway = TestGateway(server: server, registry: registry, port: address.port ?? 0)
    do {
      try await body(gateway)
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
    await server.shutdown(grace: .zero)
  }

  /// Runs `body` with a gateway and the echo service behind it, routed.
  static func withEcho(
    _ configure: (inout GatewayConfiguration) -> Void = { _ in }, service: EchoService = EchoService(),
    _ body: (TestClient) async throws -> Void
  ) async throws {
    try await run(configure) { gateway in
      try await gateway.withBackend(service) { port in
        gateway.register(["echo": [port]], sets: ["echo": try Everything.set()])
        try await gateway.waitForRoute("POST /test.everything.v1.EchoService/Echo")
        try await body(gateway.client)
      }
    }
  }

  private init(server: GatewayServer, registry: FakeRegistry, port: Int) {
    self.server = server
    self.registry = registry
    client = TestClient(port: port)
  }

  func withBackend(
    _ service: EchoService, maxRequestBytes: Int = 32 << 20, _ body: (Int) async throws -> Void
  ) async throws {
    var configuration = RPCServerConfiguration(port: 0, insecure: true)
    configuration.maxRequestBytes = maxRequestBytes
    let backend = RPCServer(configuration: configuration, services: [service])
    let address = try await backend.start()
    do {
      try await body(address.port ?? 0)
    } catch {
      await backend.shutdown(grace: .zero)
      throw error
    }
    await backend.shutdown(grace: .zero)
  }

  /// Makes these the services: name to ports, and name to descriptor set.
  /// - Parameters:
  ///   - sets: by the name of the service, or `NAME:PORT` for one instance.
  ///   - created: since when they are there, by name.
  ///   - withheld: the service whose set cannot be had yet.
  func register(
    _ services: [String: [Int]], sets: [String: [UInt8]], created: [String: UInt64] = [:],
    withheld: String? = nil
  ) {
    registry.register(services, sets: sets, created: created, withheld: withheld)
  }

  /// Waits until the listing has a route, such as `GET /v1/echo`, or has it no longer.
  func waitForRoute(_ route: String, toBe present: Bool = true) async throws {
    let parts = route.split(separator: " ")
    let needle = #""verb":"\#(parts[0])","path":"\#(parts[1])""#
    try await waitForListing { $0.contains(needle) == present }
  }

  func waitForListing(_ condition: (String) -> Bool) async throws {
    while true {
      if condition(try await client.get("/debug/routes").body) { return }
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}

/// The services that a test says there are.
private final class FakeRegistry: Sendable {
  private struct State {
    var snapshot: CatalogueSnapshot?
    var sets: [String: [UInt8]] = [:]
    var watchers: [AsyncStream<CatalogueSnapshot>.Continuation] = []
  }

  private struct NotFound: Error {}

  private let state = Mutex(State())

  func snapshots() -> AsyncStream<CatalogueSnapshot> {
    let (stream, continuation) = AsyncStream.makeStream(of: CatalogueSnapshot.self)
    state.withLock { state in
      state.watchers.append(continuation)
      if let snapshot = state.snapshot { continuation.yield(snapshot) }
    }
    return stream
  }

  func descriptorSet(_ hash: String) async throws -> [UInt8] {
    guard let set = state.withLock({ $0.sets[hash] }) else { throw NotFound() }
    return set
  }

  /// Names that hold the content too, as hashes do.
  private func hash(of name: String, in sets: [String: [UInt8]]) -> String? {
    sets[name].map { "\(name)-\($0.hashValue)" }
  }

  func target(of service: String) -> String {
    let ports = state.withLock { $0.snapshot?.instances(of: service).map(\.port) ?? [] }
    return "ipv4:" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
  }

  func register(
    _ services: [String: [Int]], sets: [String: [UInt8]], created: [String: UInt64], withheld: String?
  ) {
    state.withLock { state in
      for (service, set) in sets where service != withheld { state.sets["\(service)-\(set.hashValue)"] = set }
      let instances = services.map { service, ports in
        (
          service,
          ports.map { port in
            ServiceInstance(
              service: service, id: "\(port)", address: "127.0.0.1", port: port,
              descriptorSetHash: hash(of: "\(service):\(port)", in: sets) ?? hash(of: service, in: sets)
                ?? "",
              createdRevision: created[service] ?? 0)
          }
        )
      }
      let snapshot = CatalogueSnapshot(
        revision: (state.snapshot?.revision ?? 0) + 1,
        services: Dictionary(instances, uniquingKeysWith: { first, _ in first }))
      state.snapshot = snapshot
      for watcher in state.watchers { watcher.yield(snapshot) }
    }
  }
}
