import Foundation
import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("A snapshot")
struct SnapshotTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func save(_ registry: Registry, to path: String) async throws {
    var bytes: [UInt8] = []
    try await registry.saveSnapshot { bytes += $0 }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// Saves a registry with a few things in it.
  private func makeSnapshot() async throws -> (path: String, history: String) {
    let path = directory.file("snapshot")
    let store = try SQLiteStore(path: directory.file("old/registry.sqlite"))
    var history = ""
    try await withRegistry(store: store) { registry in
      _ = try await registry.register(.sample("a"))
      _ = try await registry.putNode(Node(name: "n", address: "10.0.0.1"))
      try await save(registry, to: path)
      // What comes later is not in it.
      _ = try await registry.register(.sample("b"))
      history = registry.history
    }
    await store.close()
    return (path, history)
  }

  @Test("holds everything as of one revision, and says what")
  func contents() async throws {
    let (path, history) = try await makeSnapshot()
    let contents = try SnapshotFile(path: path).contents
    #expect(contents.revision == 2)
    #expect(contents.history == history)
    #expect(contents.counts["instance"] == 1)
    #expect(contents.counts["node"] == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.path + "/old").filter {
        $0.contains("copy")
      } == [])
  }

  @Test("makes a registry that goes on from there, in a history of its own")
  func restore() async throws {
    let (path, history) = try await makeSnapshot()
    try await SnapshotFile(path: path).restore(into: directory.file("new"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("new")) == ["registry.sqlite"])
    let store = try SQLiteStore(path: directory.file("new/registry.sqlite"))
    try await withRegistry(store: store) { registry in
      #expect(registry.history != history)
      #expect(registry.resolve("a").instances == [.sample("a", created: 1)])
      #expect(registry.listServices().services.map(\.name) == ["a"])
      #expect(registry.node("n")?.address == "10.0.0.1")
      let revision = try await registry.register(.sample("c"))
      #expect(revision == 3)
    }
    await store.close()
  }

  @Test("is restored into an empty folder only, and leaves nothing behind when it cannot")
  func occupied() async throws {
    let (path, _) = try await makeSnapshot()
    let snapshot = try SnapshotFile(path: path)
    let error = await #expect(throws: SnapshotFile.Problem.self) {
      try await snapshot.restore(into: directory.file("old"))
    }
    #expect(error?.description.contains("already") == true)
  }

  @Test("that was cut off or changed is refused, wherever that happened")
  func damaged() async throws {
    let (path, _) = try await makeSnapshot()
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let copy = directory.file("damaged")
    for length in [0, 7, 11, 12, 20, whole.count / 2, whole.count - 1] {
      try Data(whole.prefix(length)).write(to: URL(fileURLWithPath: copy))
      #expect(throws: SnapshotFile.Problem.self, "cut to \(length)") { try SnapshotFile(path: copy) }
    }
    for place in [0, 9, 14, whole.count / 2, whole.count - 1] {
      var bytes = whole
      bytes[place] ^= 0x40
      try Data(bytes).write(to: URL(fileURLWithPath: copy))
      #expect(throws: SnapshotFile.Problem.self, "changed at \(place)") { try SnapshotFile(path: copy) }
    }
    #expect(throws: SnapshotFile.Problem.self) { try SnapshotFile(path: directory.file("none")) }
  }

  @Test("of a store in memory is refused")
  func memory() async throws {
    let registry = try await Registry(store: MemoryStore(), clock: ManualClock(), logger: .silent)
    await #expect(throws: RegistryError.self) { try await registry.saveSnapshot { _ in } }
  }
}
