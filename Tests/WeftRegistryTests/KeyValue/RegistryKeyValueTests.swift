import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("Keys and sessions of a running registry")
struct RegistryKeyValueTests {
  @Test("are stored, read, listed and removed under one counter with everything else")
  func basics() async throws {
    try await withRegistry { registry in
      _ = try await registry.register(.sample())
      let (revision, result) = try await registry.perform(.set("a/1", "x", flags: 3))
      #expect(revision == 2)
      #expect(result.entries.first?.modifiedRevision == 2)
      _ = try await registry.perform(.set("a/2", "y"))
      #expect(registry.keyValue("a/1").entry?.value == Array("x".utf8))
      #expect(registry.keyValue("none").entry == nil)
      #expect(registry.keyValues(prefix: "a/").entries.map(\.key) == ["a/1", "a/2"])
      #expect(registry.keyNames(prefix: "", separator: "/").names == ["a/"])
      _ = try await registry.perform(.deleteTree(prefix: "a/"))
      #expect(registry.keyValues(prefix: "a/").entries == [])
      #expect(registry.keyValues(prefix: "a/").index == 4)
    }
  }

  @Test("wake those who wait for a key, its prefix or all keys, and nobody else")
  func waiting() async throws {
    try await withRegistry { registry in
      _ = try await registry.perform(.set("a/1", "x"))
      for scope in [Scope.kvKey("a/1"), .kvPrefix("a/"), .kvPrefix(""), .keyValues] {
        let before = registry.index(for: scope)
        async let after = registry.wait(for: scope, after: before, timeout: .seconds(60))
        _ = try await registry.perform(.set("b", "\(scope)"))
        let (revision, _) = try await registry.perform(.set("a/1", "\(scope)"))
        #expect(await after >= (scope == .kvPrefix("") || scope == .keyValues ? revision - 1 : revision))
      }
      let quiet = registry.index(for: .kvKey("c"))
      _ = try await registry.perform(.set("c/d", "x"))
      #expect(registry.index(for: .kvKey("c")) == quiet)
    }
  }

  @Test("take part in transactions with the catalogue: all of it or nothing")
  func transactions() async throws {
    try await withRegistry { registry in
      let node = Node(name: "n1", address: "10.0.0.1")
      let outcome = try await registry.transact([
        .change(.putNode(node), ifRevision: 0), .keyValue(.set("k", "v")), .read(.node("n1")),
        .keyValue(.get(key: "k")),
      ])
      #expect(outcome.isDone)
      #expect(outcome.revision == 1)
      #expect(registry.node("n1")?.modifiedRevision == 1)
      guard case .keyValue(let written) = outcome.results[1], case .keyValue(let read) = outcome.results[3]
      else {
        Issue.record("unexpected: \(outcome.results)")
        return
      }
      #expect(written.value == [])
      #expect(read.value == Array("v".utf8))

      let refused = try await registry.transact([
        .change(.removeNode("n1"), ifRevision: 7), .keyValue(.delete(key: "k")),
        .keyValue(.checkNotExists(key: "k")), .read(.node("none")), .keyValue(.get(key: "k")),
      ])
      #expect(refused.failures.map(\.operation) == [0, 3, 4])
      #expect(refused.failures.first?.reason == "node \"n1\" has the index 1, not 7")
      #expect(refused.results == [])
      #expect(registry.keyValue("k").entry != nil)
      #expect(registry.statistics.revision == 1)
    }
  }

  @Test("transactions are held to so many operations and bytes")
  func transactionLimits() async throws {
    try await withRegistry { registry in
      let many = (0..<65).map { TransactionOperation.keyValue(.get(key: "\($0)")) }
      await #expect(throws: RegistryError.self) { try await registry.transact(many) }
      let value = [UInt8](repeating: 1, count: 512 << 10)
      let large = (0..<5).map { TransactionOperation.keyValue(.set(key: "\($0)", value: value)) }
      await #expect(throws: RegistryError.self) { try await registry.transact(large) }
      await #expect(throws: RegistryError.invalidArgument(field: "operations[1].key", reason: "is empty")) {
        try await registry.transact([.keyValue(.get(key: "a")), .keyValue(.set(key: "", value: []))])
      }
    }
  }

  @Test("a transaction that only reads needs no store")
  func readingTransaction() async throws {
    let store = FaultingStore()
    try await withRegistry(store: store) { registry in
      _ = try await registry.perform(.set("a", "x"))
      store.fail(with: StoreError(.full, "no space"))
      let outcome = try await registry.transact([.keyValue(.get(key: "a")), .keyValue(.getTree(prefix: ""))])
      #expect(outcome.results.count == 2)
      await #expect(throws: RegistryError.self) { try await registry.perform(.set("a", "y")) }
      // What is there already needs no room.
      #expect(try await registry.perform(.set("a", "x")).result.isDone)
    }
  }

  @Test("a session ends with its time, its checks or its node, and lets go of its keys")
  func sessionEnds() async throws {
    let clock = ManualClock()
    try await withRegistry(clock: clock) { registry in
      _ = try await registry.putNode(Node(name: "n1", address: "10.0.0.1"))
      _ = try await registry.putCheck(
        HealthCheck(id: "disk", state: CheckState(status: .passing)), of: .node("n1"))
      let checked = try await registry.createSession(Session(node: "n1", nodeChecks: ["disk", "serfHealth"]))
      let noded = try await registry.createSession(Session(node: "n1", behavior: .delete))
      #expect(registry.sessions(onNode: "n1").sessions.count == 2)
      _ = try await registry.perform(.lock("a", by: checked.id))
      _ = try await registry.perform(.lock("b", by: noded.id))

      let (before, _) = registry.keyValue("a")
      let critical = try await registry.setCheck(CheckKey(owner: .node("n1"), id: "disk"), status: .critical)
      #expect(registry.session(checked.id).session == nil)
      #expect(registry.keyValue("a").entry?.session == nil)
      // In the very revision of the check.
      #expect(registry.keyValue("a").index == critical)
      #expect(critical > before)
      #expect(try await registry.perform(.lock("a", by: noded.id)).result.isDone == false)

      _ = try await registry.removeNode("n1")
      #expect(registry.sessions().sessions == [])
      #expect(registry.keyValue("b").entry == nil)

      let timed = try await registry.createSession(Session(ttl: .seconds(10)))
      #expect(timed.node == Node.registryName)
      _ = try await registry.perform(.lock("c", by: timed.id))
      for _ in 0..<30 {
        await clock.waitForSleepers()
        clock.advance(by: .milliseconds(500))
      }
      #expect(registry.renewSession(timed.id) != nil)
      for _ in 0..<41 {
        await clock.waitForSleepers()
        clock.advance(by: .milliseconds(500))
      }
      try await eventually { registry.session(timed.id).session == nil }
      #expect(registry.keyValue("c").entry?.session == nil)
      #expect(registry.renewSession(timed.id) == nil)
    }
  }

  @Test("a session begins only with a node and checks that are there and well")
  func sessionBegins() async throws {
    try await withRegistry { registry in
      _ = try await registry.putCheck(
        HealthCheck(id: "bad", state: CheckState(status: .critical)), of: .node(Node.registryName))
      for session in [
        Session(node: "none"), Session(nodeChecks: ["none"]), Session(serviceChecks: ["bad"]),
        Session(ttl: .seconds(1)),
      ] {
        await #expect(throws: RegistryError.self) { try await registry.createSession(session) }
      }
      let session = try await registry.createSession(Session(name: "x", nodeChecks: ["serfHealth"]))
      #expect(isUUID(session.id))
      #expect(registry.session(session.id).session == session)
    }
  }

  @Test("survive a restart of the registry, locks and all")
  func restart() async throws {
    let directory = try TemporaryDirectory()
    let session: Session
    do {
      let store = try SQLiteStore(path: directory.file())
      session = try await withRegistry(store: store) { registry in
        let session = try await registry.createSession(
          Session(name: "x", lockDelay: .seconds(2), behavior: .delete, ttl: .seconds(20)))
        _ = try await registry.perform(.set(key: "binary\u{1}é", value: [0, 255, 10], flags: .max))
        _ = try await registry.perform(.lock("lock", "v", by: session.id))
        _ = try await registry.perform(.set("gone", ""))
        _ = try await registry.perform(.delete(key: "gone"))
        return session
      }
      await store.close()
    }
    let store = try SQLiteStore(path: directory.file())
    try await withRegistry(store: store) { registry in
      #expect(registry.session(session.id).session == session)
      let entry = registry.keyValue("binary\u{1}é").entry
      #expect(entry?.value == [0, 255, 10])
      #expect(entry?.flags == .max)
      #expect(registry.keyValue("lock").entry?.session == session.id)
      #expect(registry.keyValue("lock").entry?.lockIndex == 1)
      #expect(registry.keyValue("gone").entry == nil)
      #expect(registry.keyValue("gone").index >= 5)
      _ = try await registry.destroySession(session.id)
      #expect(registry.keyValue("lock").entry == nil)
    }
    await store.close()
  }

  @Test("a watch tells everything, then each change once, and goes on where it was")
  func watch() async throws {
    try await withRegistry { registry in
      _ = try await registry.perform(.set("a/1", "x"))
      _ = try await registry.perform(.set("b", "x"))
      var watch = try registry.watchKeys(prefix: "a/").makeAsyncIterator()
      let first = await watch.next()
      #expect(first?.isSnapshot == true)
      #expect(first?.entries.map(\.key) == ["a/1"])
      _ = try await registry.perform(.set("b", "y"))
      _ = try await registry.perform(.set("a/2", "x"))
      let second = await watch.next()
      #expect(second?.isSnapshot == false)
      #expect(second?.entries.map(\.key) == ["a/2"])
      _ = try await registry.perform(.deleteTree(prefix: "a/"))
      let third = await watch.next()
      #expect(third?.removed.sorted() == ["a/1", "a/2"])
      #expect(third?.entries == [])

      let position = try #require(second?.position)
      var resumed = try registry.watchKeys(prefix: "a/", from: position).makeAsyncIterator()
      let missed = await resumed.next()
      #expect(missed?.isSnapshot == false)
      #expect(missed?.removed.sorted() == ["a/1", "a/2"])
      var foreign = position
      foreign.history = "another"
      var anew = try registry.watchKeys(prefix: "a/", from: foreign).makeAsyncIterator()
      #expect(await anew.next()?.isSnapshot == true)
    }
  }

  @Test("the audit log says who changed what, before they are answered, and tells no values")
  func audit() async throws {
    let directory = try TemporaryDirectory()
    var configuration = RegistryConfiguration()
    configuration.audit = AuditConfiguration(path: directory.file("audit.log"))
    configuration.access.isEnabled = true
    try await withRegistry(configuration: configuration) { registry in
      let actor = AuditActor(name: "certificate deploy", address: "10.0.0.9:1")
      _ = try await registry.perform(.set("a", "geheim"), by: actor)
      // Changes nothing.
      _ = try await registry.perform(.set("a", "geheim"), by: actor)
      let (token, secret) = try await registry.bootstrapAccess(by: actor)
      _ = try await registry.transact([.keyValue(.set("b", "1")), .keyValue(.delete(key: "a"))], by: actor)
      _ = try await registry.register(.sample(), by: actor)
      let text = try String(contentsOfFile: directory.file("audit.log"), encoding: .utf8)
      let lines = text.split(separator: "\n")
      #expect(lines.count == 4)
      #expect(!text.contains("geheim"))
      #expect(!text.contains(secret))
      #expect(lines[0].hasSuffix(#""action":"kv.set","put":["key a"]}"#))
      #expect(lines[0].contains(#""actor":"certificate deploy","address":"10.0.0.9:1""#))
      #expect(lines[1].contains(#""action":"acl.bootstrap","put":["token \#(token.accessor)","bootstrap"]"#))
      #expect(lines[2].contains(#""action":"transaction","put":["key b"],"removed":["key a"]"#))
      #expect(lines[3].contains(#""revision":4"#))
      #expect(lines[3].contains(#""action":"register""#))
    }
  }
}
