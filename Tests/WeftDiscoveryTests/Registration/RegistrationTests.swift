import Testing
import WeftDiscovery
import WeftRPC
import WeftRegistry

@Suite("A registration")
struct RegistrationTests {
  let store = MemoryStore()

  private func withRegistration(
    _ instance: ServiceInstance = .sample(), _ body: (RegistryStandIn, Registration) async throws -> Void
  ) async throws -> RegistryStandIn {
    let registry = try await RegistryStandIn(store: store)
    let registration = Registration(
      client: registry, instance: instance, ttl: .seconds(3), clock: registry.clock, logger: .silent)
    try await withThrowingTaskGroup { group in
      group.addTask { try await registration.run() }
      try await withTimePassing(registry.clock, resting: { registry.restingSleepers() }) {
        await registration.waitUntilRegistered()
        try await body(registry, registration)
        group.cancelAll()
        try await group.waitForAll()
      }
    }
    return registry
  }

  @Test("stays for many lease times, with some three heartbeats in each, and goes when it is stopped")
  func stays() async throws {
    let registry = try await withRegistration { registry, registration in
      #expect(registration.isRegistered)
      await yielding { registry.clock.now > .seconds(60) }
      #expect(registry.registry.resolve("hello").instances.count == 1)
      #expect(registry.registry.statistics.revision == 1)
      let heartbeats = registry.calls.count { $0 == "heartbeat" }
      #expect((40...80).contains(heartbeats), "\(heartbeats)")
    }
    #expect(registry.calls.last == "deregister")
    #expect(registry.registry.resolve("hello").instances == [])
  }

  @Test("registers again when its lease ran out")
  func expired() async throws {
    _ = try await withRegistration { registry, _ in
      _ = try await registry.registry.deregister(ServiceInstance.sample().key)
      await yielding { registry.registry.resolve("hello").instances.count == 1 }
      #expect(registry.registry.statistics.revision == 3)
    }
  }

  @Test("outlives a registry that is away, and needs nothing when it comes back with its data")
  func away() async throws {
    _ = try await withRegistration { registry, _ in
      await registry.stop()
      let heartbeats = registry.calls.count
      await yielding { registry.calls.count > heartbeats + 5 }
      try await registry.start(store)
      let start = registry.clock.now
      await yielding { registry.clock.now > start + .seconds(30) }
      #expect(registry.registry.resolve("hello").instances.count == 1)
      #expect(registry.registry.statistics.revision == 1)
    }
  }

  @Test("registers again with a registry that lost its data")
  func dataLoss() async throws {
    _ = try await withRegistration { registry, _ in
      await registry.stop()
      try await registry.start(MemoryStore())
      await yielding { registry.registry.resolve("hello").instances.count == 1 }
    }
  }

  @Test("waits for a registry that is not there yet")
  func late() async throws {
    let registry = try await RegistryStandIn(store: store)
    await registry.stop()
    let registration = Registration(
      client: registry, instance: .sample(), clock: registry.clock, logger: .silent)
    let run = Task { try await registration.run() }
    try await withTimePassing(registry.clock, resting: { registry.restingSleepers() }) {
      await yielding { registry.calls.count > 4 }
      #expect(!registration.isRegistered)
      try await registry.start(store)
      await registration.waitUntilRegistered()
      run.cancel()
      try await run.value
    }
  }

  @Test("gives up at once when the registry refuses the instance as such")
  func refused() async throws {
    let registry = try await RegistryStandIn(store: store)
    let registration = Registration(
      client: registry, instance: .sample("Not A Name"), clock: registry.clock, logger: .silent)
    let error = await #expect(throws: RPCError.self) { try await registration.run() }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.hasPrefix("instance.service: ") == true)
  }
}
