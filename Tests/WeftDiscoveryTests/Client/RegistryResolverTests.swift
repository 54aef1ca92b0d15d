import Testing
import WeftDiscovery
import WeftRPC
import WeftRegistry

@Suite("The weft:/// resolver")
struct RegistryResolverTests {
  private struct Lists {
    var resolutions: AsyncStream<Resolution>.Iterator

    mutating func next() async throws -> [Endpoint]? {
      switch await resolutions.next() {
      case .endpoints(let endpoints): return endpoints
      case .failed(let reason): throw RPCError(.unavailable, reason)
      case nil: return nil
      }
    }
  }

  private func withEndpoints(
    of service: String,
    _ body: (RegistryStandIn, MemoryStore, inout Lists) async throws -> Void
  ) async throws {
    let store = MemoryStore()
    let registry = try await RegistryStandIn(store: store)
    let catalogue = Catalogue(client: registry, clock: registry.clock, logger: .silent)
    let resolver = RegistryResolver(catalogue: catalogue)
    try await withThrowingTaskGroup { group in
      group.addTask { await catalogue.run() }
      try await withTimePassing(registry.clock, step: .milliseconds(10)) {
        let request = ResolverRequest(
          target: ResolverTarget("weft:///" + service), refreshes: AsyncStream { _ in })
        var endpoints = Lists(resolutions: resolver.resolve(request).makeAsyncIterator())
        try await body(registry, store, &endpoints)
      }
      group.cancelAll()
    }
  }

  @Test("gives addresses, weights and the identity that the server must prove")
  func endpoints() async throws {
    try await withEndpoints(of: "hello") { registry, _, endpoints in
      // A service that nobody offers has no addresses; the catalogue knows that much.
      #expect(try await endpoints.next() == [])
      var instance = ServiceInstance.sample()
      instance.weight = 7
      _ = try await registry.registry.register(instance)
      let identity = "spiffe://weft.internal/service/hello"
      #expect(
        try await endpoints.next() == [
          Endpoint(host: "127.0.0.1", port: 9000, weight: 7, serverIdentity: identity)
        ])
    }
  }

  @Test("says nothing when other services change")
  func others() async throws {
    try await withEndpoints(of: "hello") { registry, _, endpoints in
      #expect(try await endpoints.next() == [])
      for i in 0..<20 { _ = try await registry.registry.register(.sample("other", "\(i)")) }
      _ = try await registry.registry.register(.sample())
      #expect(try await endpoints.next()?.map(\.port) == [9000])
    }
  }

  @Test("leaves out the instances of a node that is in maintenance, until it is back")
  func nodeMaintenance() async throws {
    try await withEndpoints(of: "hello") { registry, _, endpoints in
      #expect(try await endpoints.next() == [])
      _ = try await registry.registry.putNode(Node(name: "n", address: "10.0.0.1"))
      var instance = ServiceInstance.sample(port: 9001)
      instance.node = "n"
      instance.lease = nil
      _ = try await registry.registry.commit([
        .register(.sample(), replacingChecks: true), .register(instance, replacingChecks: true),
      ])
      #expect(try await endpoints.next()?.map(\.port) == [9001, 9000])
      _ = try await registry.registry.setMaintenance("new disk", of: .node("n"))
      #expect(try await endpoints.next()?.map(\.port) == [9000])
      _ = try await registry.registry.setMaintenance(nil, of: .node("n"))
      #expect(try await endpoints.next()?.map(\.port) == [9001, 9000])
    }
  }

  @Test("keeps its list while the registry is away, and goes on afterwards")
  func away() async throws {
    try await withEndpoints(of: "hello") { registry, store, endpoints in
      #expect(try await endpoints.next() == [])
      _ = try await registry.registry.register(.sample())
      #expect(try await endpoints.next()?.count == 1)
      await registry.stop()
      let attempts = registry.calls.count
      await yielding { registry.calls.count > attempts + 3 }
      try await registry.start(store)
      _ = try await registry.registry.register(.sample("hello", "2", port: 9001))
      // Nothing came in between.
      #expect(try await endpoints.next()?.map(\.port) == [9000, 9001])
    }
  }
}
