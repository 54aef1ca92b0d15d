import Testing
import WeftDiscovery

@testable import WeftRegistry

/// What every ``RegistryStore`` must do; a new implementation joins by a case here.
enum StoreKind: CaseIterable {
  case memory, sqlite

  func withStore(_ body: (any RegistryStore) async throws -> Void) async throws {
    switch self {
    case .memory: try await body(MemoryStore())
    case .sqlite:
      let directory = try TemporaryDirectory()
      let store = try SQLiteStore(path: directory.file())
      try await body(store)
      await store.close()
    }
  }
}

@Suite("Every store")
struct RegistryStoreTests {
  @Test("begins empty, at revision 0, with a history of its own", arguments: StoreKind.allCases)
  func empty(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let state = try await store.load()
      #expect(state == StoredState(history: state.history))
      #expect(state.history.count == 16)
      try await kind.withStore { other in
        let history = try await other.load().history
        #expect(history != state.history)
      }
    }
  }

  @Test("gives back every field of what was committed", arguments: StoreKind.allCases)
  func roundTrip(kind: StoreKind) async throws {
    try await kind.withStore { store in
      var batch = StoreBatch(previousRevision: 0)
      batch.revisions = [.put(1, .full.created(1)), .put(2, .sample(created: 2))]
      try await store.commit(batch)
      let state = try await store.load()
      #expect(state.revision == 2)
      #expect(state.instances == [.sample(created: 2), .full.created(1)])
      #expect(state.log == batch.revisions)
    }
  }

  @Test("replaces and removes instances, and logs both", arguments: StoreKind.allCases)
  func replace(kind: StoreKind) async throws {
    try await kind.withStore { store in
      var first = StoreBatch(previousRevision: 0)
      first.revisions = [.put(1, .sample(created: 1)), .put(2, .sample("hello", "2", created: 1, added: 2))]
      try await store.commit(first)
      var second = StoreBatch(previousRevision: 2)
      second.revisions = [
        .put(3, .sample(port: 9001, created: 1, modified: 3)),
        .removed(4, InstanceKey(service: "hello", id: "2")),
      ]
      try await store.commit(second)
      let state = try await store.load()
      #expect(state.instances == [.sample(port: 9001, created: 1, modified: 3)])
      #expect(state.log == first.revisions + second.revisions)
      #expect(state.revision == 4)
    }
  }

  @Test("forgets old changes when told to, and only those", arguments: StoreKind.allCases)
  func forget(kind: StoreKind) async throws {
    try await kind.withStore { store in
      var batch = StoreBatch(previousRevision: 0)
      batch.revisions = (1...5).map { .put($0, .sample("hello", "\($0)")) }
      try await store.commit(batch)
      var trim = StoreBatch(previousRevision: 5)
      trim.revisions = [.put(6, .full)]
      trim.forgetChangesThrough = 3
      try await store.commit(trim)
      let state = try await store.load()
      #expect(state.log.map(\.revision) == [4, 5, 6])
      #expect(state.instances.count == 6)
    }
  }

  @Test("puts something else in the place of everything, or changes nothing", arguments: StoreKind.allCases)
  func replaced(kind: StoreKind) async throws {
    try await kind.withStore { store in
      var batch = StoreBatch(previousRevision: 0)
      batch.revisions = [.put(1, .sample("old"))]
      batch.descriptorSets = ["a": [1]]
      try await store.commit(batch)
      let before = try await store.load()
      var replacement = StoreReplacement(
        history: "0123456789abcdef", revision: 7,
        entries: [.instance(.put(InstanceRecord(.sample("new", created: 3))))])
      replacement.descriptorSets = ["b": [2, 3]]
      await #expect(throws: StoreError.self) {
        try await store.replace(with: replacement, previousRevision: 9)
      }
      #expect(try await store.load() == before)
      try await store.replace(with: replacement, previousRevision: 1)
      let state = try await store.load()
      #expect(state.history == "0123456789abcdef")
      #expect(state.revision == 7)
      #expect(state.instances == [.sample("new", created: 3)])
      #expect(state.log.isEmpty)
      #expect(state.descriptorSets == ["b": 2])
      var next = StoreBatch(previousRevision: 7)
      next.revisions = [.put(8, .sample("newer", created: 8))]
      try await store.commit(next)
      #expect(try await store.load().log == next.revisions)
    }
  }

  @Test("keeps descriptor sets by hash until they are removed", arguments: StoreKind.allCases)
  func descriptorSets(kind: StoreKind) async throws {
    try await kind.withStore { store in
      var batch = StoreBatch(previousRevision: 0)
      batch.descriptorSets = ["a": [1, 2, 3], "b": [4]]
      try await store.commit(batch)
      #expect(try await store.load().descriptorSets == ["a": 3, "b": 1])
      #expect(try await store.load().revision == 0)
      #expect(try await store.descriptorSet(hash: "a") == [1, 2, 3])
      #expect(try await store.descriptorSet(hash: "c") == nil)
      var removal = StoreBatch(previousRevision: 0)
      removal.removedDescriptorSets = ["a"]
      try await store.commit(removal)
      #expect(try await store.descriptorSet(hash: "a") == nil)
      #expect(try await store.load().descriptorSets == ["b": 1])
    }
  }

  @Test("refuses a batch that does not follow its revision, whole", arguments: StoreKind.allCases)
  func conflict(kind: StoreKind) async throws {
    try await kind.withStore { store in
      var batch = StoreBatch(previousRevision: 7)
      batch.revisions = [.put(8, .sample())]
      batch.descriptorSets = ["a": [1]]
      let error = await #expect(throws: StoreError.self) { try await store.commit(batch) }
      #expect(error?.kind == .conflict)
      let state = try await store.load()
      #expect(state == StoredState(history: state.history))
    }
  }
}
