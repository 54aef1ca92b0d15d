import Foundation
import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("A snapshot that is restored into a running registry")
struct RestoreTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func snapshot(of registry: Registry) async throws -> SnapshotFile {
    let path = directory.file("snapshot")
    let bytes = Collector<[UInt8]>()
    try await registry.saveSnapshot { bytes.add($0) }
    try Data(bytes.elements.flatMap(\.self)).write(to: URL(fileURLWithPath: path))
    return try SnapshotFile(path: path)
  }

  /// Runs `body` with a registry that holds a, b and a key, and the snapshot of that.
  private func withSnapshot(_ body: (Registry, SnapshotFile) async throws -> Void) async throws {
    let store = try SQLiteStore(path: directory.file())
    try await withRegistry(store: store) { registry in
      _ = try await registry.register(.sample("a"))
      _ = try await registry.register(.sample("b"))
      _ = try await registry.perform(.set(key: "k", value: [1], flags: 7))
      try await body(registry, try await snapshot(of: registry))
    }
    await store.close()
  }

  @Test("brings back what was there and takes away what came later, as one new revision and a new history")
  func everything() async throws {
    try await withSnapshot { registry, snapshot in
      let before = (history: registry.history, entry: registry.keyValue("k").entry)
      _ = try await registry.deregister(InstanceKey(service: "a", id: "1"))
      _ = try await registry.register(.sample("c"))
      _ = try await registry.perform(.set(key: "k", value: [2], flags: 0))
      _ = try await registry.perform(.set(key: "later", value: [3], flags: 0))
      let revision = try await registry.restore(snapshot)
      #expect(revision == 8)
      #expect(registry.statistics.revision == 8)
      #expect(registry.history != before.history)
      #expect(registry.listServices().services.map(\.name) == ["a", "b"])
      #expect(registry.keyValue("k").entry == before.entry)
      #expect(registry.keyValue("later").entry == nil)
      let next = try await registry.register(.sample("d"))
      #expect(next == 9)
    }
  }

  @Test("is what a registry finds that starts afterwards")
  func durable() async throws {
    var history = ""
    try await withSnapshot { registry, snapshot in
      _ = try await registry.register(.sample("c"))
      _ = try await registry.restore(snapshot)
      history = registry.history
    }
    let store = try SQLiteStore(path: directory.file())
    let state = try await store.load()
    await store.close()
    #expect(state.history == history)
    #expect(state.revision == 5)
    #expect(state.instances.map(\.service) == ["a", "b"])
    #expect(state.log.isEmpty)
  }

  @Test("wakes everybody who waits, with indexes that do not fall")
  func waiters() async throws {
    try await withSnapshot { registry, snapshot in
      _ = try await registry.perform(.set(key: "k", value: [2], flags: 0))
      for scope in [Scope.kvKey("k"), .kvPrefix("k"), .services, .service("a"), .sessions, .access, .nodes] {
        let known = registry.index(for: scope)
        async let index = registry.wait(for: scope, after: known, timeout: .seconds(3_600))
        _ = try await registry.restore(snapshot)
        #expect(await index > known, "\(scope)")
      }
    }
  }

  @Test("makes watchers start over with a snapshot of the new history")
  func watchers() async throws {
    try await withSnapshot { registry, snapshot in
      var updates = try registry.watch().makeAsyncIterator()
      var keys = try registry.watchKeys(prefix: "").makeAsyncIterator()
      let first = await updates.next()
      _ = await keys.next()
      _ = try await registry.register(.sample("c"))
      let second = await updates.next()
      #expect(second?.changes.count == 1)
      _ = try await registry.restore(snapshot)
      let third = await updates.next()
      #expect(third?.snapshot?.map(\.service) == ["a", "b"])
      #expect(third?.position.history != first?.position.history)
      #expect(third?.position.revision == 5)
      let keyUpdate = await keys.next()
      #expect(keyUpdate?.isSnapshot == true)
      #expect(keyUpdate?.position == third?.position)
    }
  }

  @Test("tells instances that came later that they are unknown")
  func heartbeats() async throws {
    try await withSnapshot { registry, snapshot in
      _ = try await registry.register(.sample("c"))
      _ = try await registry.restore(snapshot)
      let keys = ["a", "c"].map { InstanceKey(service: $0, id: "1") }
      #expect(try registry.heartbeat(keys).unknown == [keys[1]])
    }
  }

  @Test("of another registry, with higher revisions, is restored too")
  func foreign() async throws {
    try await withSnapshot { _, snapshot in
      let store = try SQLiteStore(path: directory.file("other.sqlite"))
      try await withRegistry(store: store) { other in
        let revision = try await other.restore(snapshot)
        #expect(revision == 4)
        #expect(other.listServices().services.map(\.name) == ["a", "b"])
      }
      await store.close()
    }
  }

  @Test("that the store does not take leaves everything as it was")
  func refused() async throws {
    try await withSnapshot { _, snapshot in
      let store = FaultingStore()
      try await withRegistry(store: store) { registry in
        _ = try await registry.register(.sample("c"))
        let history = registry.history
        await #expect(throws: RegistryError.self) { _ = try await registry.restore(snapshot) }
        #expect(registry.history == history)
        #expect(registry.listServices().services.map(\.name) == ["c"])
        let revision = try await registry.register(.sample("d"))
        #expect(revision == 2)
      }
    }
  }

  @Test("leaves no files behind, also when it is damaged")
  func files() async throws {
    try await withSnapshot { registry, snapshot in
      let upload = try registry.beginUpload()
      try upload.add([1, 2, 3])
      #expect(throws: RegistryError.self) { try upload.finish() }
      _ = try await registry.restore(snapshot)
      withExtendedLifetime(upload) {}
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(files.filter { $0.hasPrefix("restoring") } == [])
  }

  @Test("that was broken off by a kill leaves files that the next start removes")
  func leftovers() async throws {
    let live = try await LiveRegistry(directory: directory)
    let names = [
      "restoring-0", "restoring-0.state", "registry.sqlite.copy-0", "registry.sqlite.copy-0-wal", "mine",
    ]
    for name in names { try Data().write(to: URL(fileURLWithPath: directory.file(name))) }
    try await live.crashAndRestart()
    let found = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(names.filter { found.contains($0) } == ["mine"])
    await live.server.shutdown(grace: .zero)
  }
}
