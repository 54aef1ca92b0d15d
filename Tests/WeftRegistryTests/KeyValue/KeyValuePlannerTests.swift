import Testing

@testable import WeftRegistry

@Suite("Operations on keys")
struct KeyValuePlannerTests {
  var fixture = KeyValueFixture()

  @Test("a key keeps the revision at which it came and gets that of its last change")
  mutating func revisions() throws {
    try fixture.perform(.set("a", "1", flags: 7))
    try fixture.perform(.set("b", "1"))
    let entry = try #require(try fixture.perform(.set("a", "2", flags: 8)).entries.first)
    #expect(entry.createdRevision == 1)
    #expect(entry.modifiedRevision == 3)
    #expect(entry.flags == 8)
  }

  @Test("writing what is there already changes nothing")
  mutating func identical() throws {
    try fixture.perform(.set("a", "1"))
    let result = try fixture.perform(.set("a", "1"))
    #expect(result.entries.first?.modifiedRevision == 1)
    #expect(fixture.revision == 1)
  }

  @Test("compare-and-set writes at its revision only; at 0 it only creates")
  mutating func compareAndSet() throws {
    func cas(_ revision: UInt64, _ value: String) -> KeyValueOperation {
      .compareAndSet(key: "a", value: Array(value.utf8), revision: revision)
    }
    #expect(try fixture.perform(cas(1, "x")).isDone == false)
    #expect(try fixture.perform(cas(0, "x")).isDone)
    #expect(try fixture.perform(cas(0, "y")).isDone == false)
    #expect(try fixture.perform(cas(1, "y")).isDone)
    let refused = try fixture.perform(cas(1, "z"))
    #expect(refused.refusal == "key \"a\" was not set: its index is 2, not 1")
    #expect(fixture.contents == ["a=y 2"])
  }

  @Test("compare-and-delete removes at its revision only, and what is not there is no failure")
  mutating func compareAndDelete() throws {
    try fixture.perform(.set("a", "1"))
    #expect(try fixture.perform(.compareAndDelete(key: "a", revision: 9)).isDone == false)
    #expect(try fixture.perform(.compareAndDelete(key: "none", revision: 9)).isDone)
    #expect(try fixture.perform(.compareAndDelete(key: "a", revision: 1)).isDone)
    #expect(fixture.contents == [])
  }

  @Test("a tree goes in one revision")
  mutating func deleteTree() throws {
    for key in ["a/1", "a/2", "ab", "b"] { try fixture.perform(.set(key, "")) }
    try fixture.perform(.deleteTree(prefix: "a/"))
    #expect(fixture.keys.records(prefix: "").map(\.entry.key) == ["ab", "b"])
    #expect(fixture.revision == 5)
    #expect(fixture.keys.index(prefix: "a/") == 5)
    try fixture.perform(.deleteTree(prefix: "none"))
    #expect(fixture.revision == 5)
  }

  @Test("a batch sees its own changes")
  mutating func overlay() throws {
    try fixture.perform(.set("a/1", "old"))
    try fixture.perform(.set("a/3", "old"))
    try fixture.batch { keys, sessions, revision in
      _ = try keys.perform(.set("a/2", "new"), revision: revision, sessions: sessions)
      _ = try keys.perform(.set("a/1", "new"), revision: revision, sessions: sessions)
      _ = try keys.perform(.delete(key: "a/3"), revision: revision, sessions: sessions)
      let seen = try keys.perform(.getTree(prefix: "a/"), revision: revision, sessions: sessions)
      #expect(seen.entries.map(\.key) == ["a/1", "a/2"])
      _ = try keys.perform(.deleteTree(prefix: "a/"), revision: revision, sessions: sessions)
      #expect(keys.records(prefix: "").isEmpty)
    }
    #expect(fixture.contents == [])
  }

  @Test("checks of a transaction say what they found")
  mutating func checks() throws {
    try fixture.perform(.set("a", "1"))
    #expect(try fixture.perform(.checkIndex(key: "a", revision: 1)).isDone)
    #expect(try fixture.perform(.checkNotExists(key: "b")).isDone)
    #expect(try fixture.perform(.checkSession(key: "a", session: "")).isDone)
    let refusals = try [
      KeyValueOperation.checkIndex(key: "a", revision: 2), .checkIndex(key: "b", revision: 2),
      .checkNotExists(key: "a"), .checkSession(key: "a", session: "s"), .get(key: "b"),
    ].map { try fixture.perform($0).refusal }
    #expect(
      refusals == [
        "key \"a\" has the index 1, not 2", "key \"b\" does not exist", "key \"a\" exists",
        "key \"a\" is held by no session, not by \"s\"", "key \"b\" does not exist",
      ])
  }

  @Test("limits count what the same batch adds and frees")
  mutating func limits() throws {
    fixture.limits.keys = 2
    fixture.limits.keyValueBytes = 1_000
    try fixture.batch { keys, sessions, revision in
      _ = try keys.perform(.set("a", ""), revision: revision, sessions: sessions)
      _ = try keys.perform(.set("b", ""), revision: revision, sessions: sessions)
      #expect(throws: RegistryError.resourceExhausted("the registry holds its limit of 2 keys")) {
        try keys.perform(.set("c", ""), revision: revision, sessions: sessions)
      }
      _ = try keys.perform(.delete(key: "a"), revision: revision, sessions: sessions)
      _ = try keys.perform(.set("c", ""), revision: revision, sessions: sessions)
    }
    let large = String(repeating: "x", count: 900)
    #expect(throws: RegistryError.resourceExhausted("the registry holds its limit of 1000 bytes of keys")) {
      try fixture.perform(.set("c", large))
    }
    // Making something smaller is never refused.
    fixture.limits.keyValueBytes = 10
    try fixture.perform(.delete(key: "b"))
  }

  @Test("names and values beyond the limits are refused with their path")
  func validation() {
    let limits = RegistryLimits()
    let big = [UInt8](repeating: 0, count: limits.valueBytes + 1)
    let bad: [(KeyValueOperation, String)] = [
      (.set("", ""), "kv.key: is empty"),
      (.set(key: "a", value: big), "kv.value: has 524289 bytes; at most 524288 are taken"),
      (.get(key: String(repeating: "k", count: 4_097)), "kv.key: has 4097 bytes; at most 4096 are taken"),
      (.delete(key: "a\0b"), "kv.key: contains a null byte"),
      (.lock("a", by: ""), "kv.session: is empty"),
    ]
    for (operation, message) in bad {
      let error = #expect(throws: RegistryError.self) { try operation.validate(limits, field: "kv") }
      #expect(error?.description == message)
    }
    #expect(throws: Never.self) { try KeyValueOperation.deleteTree(prefix: "").validate(limits) }
    #expect(throws: Never.self) { try KeyValueOperation.set("测试/ü #?", "").validate(limits) }
  }
}
