import Logging
import Testing
import WeftDiscovery
import WeftRPC

@testable import WeftRegistry

@Suite("Heartbeats of a client on one call")
struct HeartbeatStreamTests {
  /// Registrations of one client, until `body` is done.
  private func withRegistrations(
    _ count: Int, lease: Duration = .seconds(1), _ body: (LiveRegistry, RegistryClient) async throws -> Void
  ) async throws {
    try await withLiveRegistry { live, client in
      let sender = HeartbeatSender(client: client)
      let registrations = (0..<count).map { number in
        Registration(
          client: client, instance: .sample("hello", "\(number)"), ttl: lease, heartbeats: sender,
          logger: .silent)
      }
      try await withThrowingTaskGroup { group in
        for registration in registrations { group.addTask { try await registration.run() } }
        for registration in registrations { await registration.waitUntilRegistered() }
        try await body(live, client)
        group.cancelAll()
        try await group.waitForAll()
      }
    }
  }

  private func count(_ live: LiveRegistry) -> Int {
    live.server.registry.resolve("hello").instances.count
  }

  @Test("keep leases, and go on with a registry that crashed and is back")
  func crash() async throws {
    try await withRegistrations(10) { live, _ in
      for _ in 0..<3 {
        let heartbeats = live.server.registry.statistics.heartbeats
        try await eventually { live.server.registry.statistics.heartbeats >= heartbeats + 40 }
        #expect(count(live) == 10)
        try await live.crashAndRestart()
      }
      let heartbeats = live.server.registry.statistics.heartbeats
      try await eventually { live.server.registry.statistics.heartbeats >= heartbeats + 40 }
      #expect(count(live) == 10)
    }
  }

  @Test("bring back who was removed")
  func removed() async throws {
    try await withRegistrations(3) { live, client in
      try await client.deregister(ServiceInstance.sample("hello", "1").key)
      try await eventually { count(live) == 3 }
    }
  }

  @Test("do not hold up a registry that shuts down")
  func shutdown() async throws {
    try await withLiveRegistry { live, client in
      let isOpen = Flag()
      let client = Task {
        try await client.withHeartbeatStream { stream in
          while true {
            _ = try await stream.send([])
            isOpen.raise()
          }
        }
      }
      try await eventually { isOpen.isRaised }
      // It would wait for very long.
      await live.server.shutdown(grace: .seconds(86_400))
      let result = await client.result
      let error = #expect(throws: RPCError.self) { try result.get() }
      #expect(error?.message == "the registry is shutting down")
    }
  }

  @Test("that count against a limit of requests are slowed down, not refused")
  func limited() async throws {
    var configuration = RegistryConfiguration()
    // The call takes one, the first message the other, and the third would come in a thousand seconds.
    configuration.rateLimit = RateLimit(requestsPerSecond: 0.001, burst: 2)
    try await withLiveRegistry(configuration) { live, client in
      let isAnswered = Flag()
      let call = Task {
        try await client.withHeartbeatStream { stream in
          _ = try await stream.send([])
          isAnswered.raise()
          _ = try await stream.send([])
        }
      }
      try await eventually { isAnswered.isRaised && live.server.registry.statistics.limitedRequests > 0 }
      call.cancel()
      _ = await call.result
    }
  }
}
