import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("A busy registry")
struct RegistryStressTests {
  private static let failures: [StoreError?] = [
    nil, nil, nil, StoreError(.full, "full"), StoreError(.failed, "broken"),
  ]

  @Test("keeps its watchers right while many clients write at once and commits fail now and then")
  func busy() async throws {
    let store = FaultingStore()
    var configuration = RegistryConfiguration()
    configuration.limits.loggedChanges = 100
    configuration.limits.commandsPerCommit = 7
    try await withRegistry(store: store, configuration: configuration) { registry in
      let last = InstanceKey(service: "last", id: "1")
      let replicas = try await withThrowingTaskGroup(of: CatalogueReplica?.self) { group in
        for _ in 0..<4 {
          group.addTask {
            var replica = CatalogueReplica()
            for await update in try registry.watch() {
              // Throws when anything is missing or comes twice.
              _ = try replica.apply(update)
              if replica.services[last.service] != nil { return replica }
            }
            return nil
          }
        }
        try await withThrowingTaskGroup { writers in
          for writer in 0..<16 {
            writers.addTask { await write(to: registry, seed: UInt64(writer)) }
          }
          writers.addTask {
            for round in 0..<200 {
              store.fail(with: Self.failures[round % Self.failures.count])
              await Task.yield()
            }
          }
          try await writers.waitForAll()
        }
        store.fail(with: nil)
        _ = try await registry.register(.sample(last.service))
        return try await group.reduce(into: [CatalogueReplica]()) { all, one in all += one.map { [$0] } ?? []
        }
      }
      #expect(replicas.count == 4)
      let names = registry.listServices().services.map(\.name)
      for replica in replicas {
        #expect(replica.position.revision == registry.statistics.revision)
        #expect(replica.services.keys.sorted() == names)
        for name in names { #expect(replica.services[name] == registry.resolve(name).instances) }
      }
      // What is stored is what is shown.
      let stored = try await store.load()
      #expect(stored.instances.count == registry.statistics.instances)
      #expect(stored.revision == registry.statistics.revision)
    }
  }

  private func write(to registry: Registry, seed: UInt64) async {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let key = InstanceKey(service: "s\(Int.random(in: 0..<3, using: &random))", id: "\(seed)")
      // Failures are part of the game; what counts is that nobody is shown anything else than what is stored.
      if random.oneIn(4) {
        _ = try? await registry.deregister(key)
      } else {
        let port = Int.random(in: 1...9, using: &random)
        _ = try? await registry.register(.sample(key.service, key.id, port: port))
      }
    }
  }
}
