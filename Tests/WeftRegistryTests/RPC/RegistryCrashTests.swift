import Synchronization
import Testing
import WeftDiscovery
import WeftRPC

@testable import WeftRegistry

/// Counts how often a watch began with a snapshot.
private struct WatchSpy: RegistryAccess {
  let client: RegistryClient
  let updates: Collector<WatchUpdate>

  func register(_ instance: ServiceInstance) async throws -> Duration { try await client.register(instance) }
  func heartbeat(_ keys: [InstanceKey]) async throws -> [InstanceKey] { try await client.heartbeat(keys) }
  func deregister(_ key: InstanceKey) async throws { try await client.deregister(key) }
  func putDescriptorSet(_ bytes: [UInt8]) async throws -> String { try await client.putDescriptorSet(bytes) }
  func descriptorSet(hash: String) async throws -> [UInt8] { try await client.descriptorSet(hash: hash) }

  func watch(
    service: String?, from position: WatchPosition, _ receive: @Sendable (WatchUpdate) async throws -> Void
  ) async throws {
    try await client.watch(service: service, from: position) { update in
      updates.add(update)
      try await receive(update)
    }
  }
}

@Suite("A registry that dies")
struct RegistryCrashTests {
  @Test("loses nothing of 50 instances that heartbeat, and its watchers miss and repeat nothing")
  func crash() async throws {
    try await withLiveRegistry { live, client in
      let updates = Collector<WatchUpdate>()
      let catalogue = Catalogue(client: WatchSpy(client: client, updates: updates), logger: .silent)
      let registrations = (0..<50).map { number in
        Registration(
          client: client, instance: .sample("hello", "\(number)", port: 9_000 + number), ttl: .seconds(3),
          logger: .silent)
      }
      try await withThrowingTaskGroup { group in
        group.addTask { await catalogue.run() }
        for registration in registrations { group.addTask { try await registration.run() } }
        for registration in registrations { await registration.waitUntilRegistered() }
        try await eventually { catalogue.current.revision >= 50 }
        let before = catalogue.current

        for round in 1...2 as ClosedRange<UInt64> {
          try await live.crashAndRestart()
          // All of it is back before a single client has spoken.
          #expect(live.server.registry.resolve("hello").instances == before.instances(of: "hello"))
          #expect(live.server.registry.statistics.revision == 49 + round)
          // What callers saw never changed.
          #expect(catalogue.current.services["hello"] == before.services["hello"])
          // Everybody finds the way back, and nobody had to register again.
          try await eventually { live.server.registry.statistics.heartbeats >= 50 }
          #expect(live.server.registry.statistics.revision == 49 + round)
          _ = try await live.server.registry.register(.sample("new", "\(round)"))
          try await eventually { catalogue.current.revision >= 50 + round }
          #expect(catalogue.current.instances(of: "new").count == Int(round))
        }
        group.cancelAll()
      }
      #expect(updates.elements.count { $0.snapshot != nil } == 1)
      let revisions = updates.elements.flatMap(\.changes).map(\.revision)
      #expect(revisions == Array(52 - UInt64(revisions.count) + 1...52))
      #expect(live.server.registry.resolve("hello").instances == [])
    }
  }
}
