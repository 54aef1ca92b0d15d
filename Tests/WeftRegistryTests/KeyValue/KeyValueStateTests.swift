import Testing

@testable import WeftRegistry

@Suite("The keys as committed")
struct KeyValueStateTests {
  var state = KeyValueState()
  var revision: UInt64 = 0

  private mutating func put(_ keys: String..., session: String? = nil) {
    for key in keys {
      revision += 1
      let entry = KeyValueEntry(
        key: key, session: session, createdRevision: revision, modifiedRevision: revision)
      state.apply(.put(KeyValueRecord(entry)), revision: revision)
    }
  }

  private mutating func remove(_ key: String) {
    revision += 1
    state.apply(.removed(key), revision: revision)
  }

  @Test("the index of a key or prefix is that of its newest change, and does not care for others")
  mutating func indexes() {
    put("a/x", "a/y", "b")
    #expect(state.index(key: "a/x") == 1)
    #expect(state.index(prefix: "a/") == 2)
    #expect(state.index(prefix: "b") == 3)
    #expect(state.index(prefix: "") == 3)
    #expect(state.index(key: "none") == 1)
    #expect(state.index(prefix: "none") == 1)
  }

  @Test("removing the newest key below a prefix lifts the index of the prefix")
  mutating func removal() {
    put("a/x", "a/y", "b")
    remove("a/y")
    #expect(state.index(key: "a/y") == 4)
    #expect(state.index(prefix: "a/") == 4)
    #expect(state.index(prefix: "b") == 3)
    #expect(state.index(prefix: "") == 4)
    put("a/y")
    #expect(state.index(key: "a/y") == 5)
    #expect(state.records(prefix: "a/").map(\.entry.key) == ["a/x", "a/y"])
  }

  @Test("no index falls when removals are forgotten, or after a restart")
  mutating func forgetting() {
    state = KeyValueState(tombstones: 2)
    put("a/1", "a/2", "b/1", "b/2", "c")
    remove("a/1")
    let before = state.index(prefix: "a/")
    remove("b/1")
    remove("b/2")
    #expect(state.index(prefix: "a/") >= before)
    #expect(state.index(key: "a/1") >= before)
    #expect(state.index(prefix: "b/") == 8)

    let entries = state.records(prefix: "").map(\.entry)
    let again = KeyValueState(entries: entries, revision: revision)
    for prefix in ["", "a", "a/", "b/", "c", "none"] {
      #expect(again.index(prefix: prefix) >= state.index(prefix: prefix), "of \(prefix)")
      #expect(again.index(key: prefix) >= state.index(key: prefix), "of \(prefix)")
    }
  }

  @Test("a remembered removal of a key that came back and went again counts once")
  mutating func buriedTwice() {
    state = KeyValueState(tombstones: 3)
    for _ in 0..<10 {
      put("a")
      remove("a")
    }
    #expect(state.index(key: "a") == 20)
    let changes = state.changes(prefix: "", after: 19)
    #expect(changes?.removed == ["a"])
    #expect(state.changes(prefix: "", after: 5) == nil)
  }

  @Test("tells what changed below a prefix since a revision")
  mutating func changes() {
    put("a/x", "a/y", "b")
    remove("a/x")
    put("a/z", "a/y")
    let changes = state.changes(prefix: "a/", after: 2)
    #expect(changes?.put.map(\.entry.key) == ["a/y", "a/z"])
    #expect(changes?.removed == ["a/x"])
    put("a/x")
    #expect(state.changes(prefix: "a/", after: 3)?.removed == [])
  }

  @Test("lists names up to a separator, each once")
  mutating func keys() {
    put("web/bar", "web/foo", "web/sub/a", "web/sub/b", "web", "z")
    #expect(state.keys(prefix: "", separator: "/") == ["web", "web/", "z"])
    #expect(state.keys(prefix: "web/", separator: "/") == ["web/bar", "web/foo", "web/sub/"])
    #expect(state.keys(prefix: "web/sub", separator: "/") == ["web/sub/"])
    #expect(state.keys(prefix: "web/", separator: "").count == 4)
    #expect(state.keys(prefix: "we", separator: "b/s") == ["web", "web/bar", "web/foo", "web/s"])
  }

  @Test("knows which keys a session holds, and how many bytes all take")
  mutating func locks() {
    put("a", "b", session: "s")
    #expect(state.names(lockedBy: "s").count == 2)
    put("a")
    #expect(state.names(lockedBy: "s") == [KeyName("b")])
    remove("b")
    #expect(state.names(lockedBy: "s").isEmpty)
    remove("a")
    #expect(state.bytes == 0)
    #expect(state.count == 0)
  }
}
