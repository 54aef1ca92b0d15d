import Testing
import WeftDiscovery
import WeftRPC
import WeftRegistry

@Suite("The heartbeats of a client")
struct HeartbeatSenderTests {
  private let count = 20

  /// Runs `body` while as many registrations share one sender.
  private func withRegistrations(
    _ prepare: (RegistryStandIn) -> Void = { _ in }, _ body: (RegistryStandIn) async throws -> Void
  ) async throws -> RegistryStandIn {
    let registry = try await RegistryStandIn()
    prepare(registry)
    let sender = HeartbeatSender(client: registry, clock: registry.clock)
    let registrations = (0..<count).map { number in
      Registration(
        client: registry, instance: .sample("hello", "\(number)"), ttl: .seconds(3), heartbeats: sender,
        clock: registry.clock, logger: .silent)
    }
    try await withThrowingTaskGroup { group in
      for registration in registrations { group.addTask { try await registration.run() } }
      try await withTimePassing(
        registry.clock, resting: { registry.restingSleepers(registrations: count) }
      ) {
        for registration in registrations { await registration.waitUntilRegistered() }
        try await body(registry)
      }
      group.cancelAll()
      try await group.waitForAll()
    }
    return registry
  }

  private func pass(_ time: Duration, _ registry: RegistryStandIn) async {
    let end = registry.clock.now + time
    await yielding { registry.clock.now > end }
  }

  private func count(_ call: String, _ registry: RegistryStandIn) -> Int {
    registry.calls.count { $0 == call }
  }

  @Test("go in few messages on one call, which ends with the last registration")
  func oneCall() async throws {
    let registry = try await withRegistrations { registry in
      await pass(.seconds(60), registry)
      #expect(registry.registry.resolve("hello").instances.count == count)
      #expect(registry.registry.statistics.revision == UInt64(count), "none was lost and came again")
    }
    #expect(count("open heartbeats", registry) == 1)
    // Each instance is heard some 65 times.
    #expect((40...200).contains(count("heartbeat", registry)), "\(count("heartbeat", registry))")
    await yielding { registry.calls.contains("close heartbeats") }
  }

  @Test("go on when the call is cut, and nobody is lost by that")
  func cut() async throws {
    let registry = try await withRegistrations { registry in
      for _ in 0..<10 {
        await pass(.seconds(3), registry)
        registry.cutCalls()
      }
      await pass(.seconds(10), registry)
      #expect(registry.registry.statistics.revision == UInt64(count))
    }
    #expect(count("open heartbeats", registry) == 11)
  }

  @Test("go on with the registry that comes back, with its data")
  func restart() async throws {
    let store = MemoryStore()
    let registry = try await withRegistrations { registry in
      await registry.stop()
      await pass(.seconds(20), registry)
      try await registry.start(store)
      // It knows nobody: all come again.
      await yielding { registry.registry.resolve("hello").instances.count == count }
      await registry.stop()
      await pass(.seconds(20), registry)
      try await registry.start(store)
      await pass(.seconds(20), registry)
      #expect(registry.registry.statistics.revision == UInt64(count))
    }
    #expect(count("register", registry) == 2 * count)
  }

  @Test("are sent without a call that lasts to a registry that does not know it")
  func unknownMethod() async throws {
    let registry = try await withRegistrations({ $0.forgetHeartbeatStream() }) { registry in
      await pass(.seconds(60), registry)
      #expect(registry.registry.statistics.revision == UInt64(count))
    }
    #expect(count("open heartbeats", registry) == 1)
    #expect((40...200).contains(count("heartbeat", registry)), "\(count("heartbeat", registry))")
  }

  @Test("of an instance that may not be renewed are no harm to the others")
  func refused() async throws {
    let refused = ServiceInstance.sample("hello", "7").key
    _ = try await withRegistrations { registry in
      registry.refuse(refused)
      await pass(.seconds(60), registry)
      let ids = registry.registry.resolve("hello").instances.map(\.id)
      #expect(ids.count == count - 1)
      #expect(!ids.contains("7"))
      #expect(registry.registry.statistics.revision == UInt64(count + 1))
    }
  }

  @Test("of instances that are unknown bring these back, and only these")
  func unknown() async throws {
    let registry = try await withRegistrations { registry in
      for id in ["3", "4"] {
        _ = try await registry.registry.deregister(ServiceInstance.sample("hello", id).key)
      }
      await yielding { registry.registry.resolve("hello").instances.count == count }
      await pass(.seconds(20), registry)
      #expect(registry.registry.statistics.revision == UInt64(count + 4))
    }
    #expect(count("register", registry) == count + 2)
    #expect(count("open heartbeats", registry) == 1)
  }
}
