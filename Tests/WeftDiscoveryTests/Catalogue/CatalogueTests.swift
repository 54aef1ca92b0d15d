import Testing
import WeftDiscovery
import WeftRegistry

@Suite("A catalogue")
struct CatalogueTests {
  let store = MemoryStore()

  private func withCatalogue(
    _ body: (RegistryStandIn, Catalogue) async throws -> Void
  ) async throws {
    let registry = try await RegistryStandIn(store: store)
    let catalogue = Catalogue(client: registry, clock: registry.clock, logger: .silent)
    try await withThrowingTaskGroup { group in
      group.addTask { await catalogue.run() }
      try await withTimePassing(registry.clock, step: .milliseconds(10)) {
        try await body(registry, catalogue)
      }
      group.cancelAll()
    }
  }

  @Test("shows what the registry has, and what changes")
  func follows() async throws {
    try await withCatalogue { registry, catalogue in
      await catalogue.waitUntilSynchronised()
      #expect(catalogue.current.services == [:])
      _ = try await registry.registry.register(.lasting())
      await yielding { catalogue.current.revision == 1 }
      #expect(catalogue.current.services == ["hello": [.lasting(created: 1)]])
      _ = try await registry.registry.deregister(ServiceInstance.sample().key)
      await yielding { catalogue.current.revision == 2 }
      #expect(catalogue.current.services == [:])
    }
  }

  @Test("tells each subscriber the newest state")
  func subscribers() async throws {
    try await withCatalogue { registry, catalogue in
      _ = try await registry.registry.register(.lasting())
      for await snapshot in catalogue.snapshots() where snapshot.revision == 1 {
        #expect(snapshot.instances(of: "hello") == [.lasting(created: 1)])
        break
      }
    }
  }

  @Test("can be left by subscribers at the very moment it tells them something")
  func subscribersLeave() async throws {
    // Telling and cancelling once took their locks in opposite order.
    try await withCatalogue { registry, catalogue in
      await catalogue.waitUntilSynchronised()
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 {
          group.addTask {
            for _ in 0..<250 {
              let subscriber = Task { for await _ in catalogue.snapshots() {} }
              await Task.yield()
              subscriber.cancel()
              await subscriber.value
            }
          }
        }
        group.addTask {
          for i in 1...1_000 { _ = try await registry.registry.register(.sample("hello", "1", port: i)) }
        }
        try await group.waitForAll()
      }
      // More when the clock was quick: then the lease ends, too.
      await yielding { catalogue.current.revision >= 1_000 }
    }
  }

  @Test("keeps what it knows while the registry is away, and goes on from there")
  func survives() async throws {
    try await withCatalogue { registry, catalogue in
      _ = try await registry.registry.register(.lasting())
      await yielding { catalogue.current.revision == 1 }
      await registry.stop()
      let attempts = registry.calls.count
      await yielding { registry.calls.count > attempts + 3 }
      #expect(catalogue.current.services == ["hello": [.lasting(created: 1)]])
      try await registry.start(store)
      _ = try await registry.registry.register(.lasting("other"))
      await yielding { catalogue.current.revision == 2 }
      #expect(catalogue.current.services.keys.sorted() == ["hello", "other"])
    }
  }

  @Test("keeps serving the old instances of a registry that lost its data, until their time is up")
  func dataLoss() async throws {
    try await withCatalogue { registry, catalogue in
      _ = try await registry.registry.register(.sample("hello", "alive"))
      _ = try await registry.registry.register(.sample("hello", "dead"))
      await yielding { catalogue.current.revision == 2 }
      await registry.stop()
      try await registry.start(MemoryStore())
      _ = try await registry.registry.register(.sample("new"))
      await yielding { catalogue.current.services["new"] != nil }
      #expect(catalogue.current.instances(of: "hello").map(\.id) == ["alive", "dead"])
      _ = try await registry.registry.register(.sample("hello", "alive"))
      _ = try await registry.registry.deregister(InstanceKey(service: "new", id: "1"))
      let keep = Task {
        while !Task.isCancelled {
          _ = try await registry.registry.register(.sample("hello", "alive"))
          await Task.yield()
        }
      }
      await yielding { catalogue.current.instances(of: "hello").map(\.id) == ["alive"] }
      keep.cancel()
    }
  }

  @Test("starts over when a registry of a lower revision takes the old one's place")
  func lowerRevision() async throws {
    try await withCatalogue { registry, catalogue in
      for i in 0..<5 { _ = try await registry.registry.register(.lasting("old", "\(i)")) }
      await yielding { catalogue.current.revision == 5 }
      await registry.stop()
      try await registry.start(MemoryStore())
      _ = try await registry.registry.register(.lasting("new"))
      await yielding { catalogue.current.services["new"] != nil }
      await yielding { catalogue.current.services["old"] == nil }
      #expect(catalogue.current.revision < 5)
    }
  }
}
