import Testing

@testable import WeftRegistry

@Suite("Sessions and locks")
struct SessionPlannerTests {
  var fixture = KeyValueFixture()

  init() throws {
    try fixture.create(Session(id: "s1", node: "n1", nodeChecks: ["serf"], serviceChecks: ["web"]))
    try fixture.create(Session(id: "s2", node: "n2", lockDelay: .zero, behavior: .delete))
  }

  @Test("a key has one holder at a time, and counts those it had")
  mutating func locking() throws {
    #expect(try fixture.perform(.lock("k", "a", by: "s1")).entries.first?.lockIndex == 1)
    #expect(try fixture.perform(.lock("k", "b", by: "s2")).isDone == false)
    #expect(try fixture.perform(.lock("k", "b", by: "s1")).entries.first?.lockIndex == 1)
    #expect(try fixture.perform(.unlock("k", by: "s2")).isDone == false)
    #expect(try fixture.perform(.unlock("k", "c", by: "s1")).isDone)
    #expect(try fixture.perform(.unlock("k", by: "s1")).isDone == false)
    #expect(try fixture.perform(.lock("k", "d", by: "s2")).entries.first?.lockIndex == 2)
    #expect(fixture.contents == ["k=d 6 s2 2"])
  }

  @Test("a plain write keeps the holder")
  mutating func plainWrite() throws {
    try fixture.perform(.lock("k", "a", by: "s1"))
    let entry = try #require(try fixture.perform(.set("k", "b")).entries.first)
    #expect(entry.session == "s1")
    #expect(entry.lockIndex == 1)
  }

  @Test("only a session that is there can lock")
  mutating func unknownSession() {
    #expect(throws: RegistryError.failedPrecondition("session: there is no session \"x\"")) {
      try fixture.perform(.lock("k", by: "x"))
    }
  }

  @Test("the end of a session releases its keys in the same revision, and nobody can lock them for a while")
  mutating func release() throws {
    try fixture.perform(.lock("a", "v", by: "s1"))
    try fixture.perform(.lock("b", by: "s1"))
    fixture.end("s1")
    #expect(fixture.contents == ["a=v 5", "b= 5"])
    #expect(fixture.sessions["s1"] == nil)
    fixture.now = .milliseconds(14_999)
    #expect(try fixture.perform(.lock("a", by: "s2")).isDone == false)
    // Other writes do not wait.
    #expect(try fixture.perform(.set("a", "w")).isDone)
    fixture.now = .seconds(15)
    #expect(try fixture.perform(.lock("a", by: "s2")).isDone)
  }

  @Test("a key that was given back can be locked at once")
  mutating func unlockedWithoutDelay() throws {
    try fixture.perform(.lock("a", by: "s1"))
    try fixture.perform(.unlock("a", by: "s1"))
    fixture.end("s1")
    #expect(try fixture.perform(.lock("a", by: "s2")).isDone)
  }

  @Test("the delay holds within the batch that ends the session")
  mutating func delayWithinBatch() throws {
    try fixture.perform(.lock("a", by: "s1"))
    try fixture.batch { keys, sessions, revision in
      sessions.end("s1")
      for session in sessions.takeEnding() {
        sessions.noteReleased(keys.end(session, revision: revision), of: session)
      }
      let result = try keys.perform(.lock("a", by: "s2"), revision: revision, sessions: sessions)
      #expect(!result.isDone)
    }
  }

  @Test("the end of a session with the behaviour delete removes its keys")
  mutating func delete() throws {
    try fixture.perform(.lock("a", by: "s2"))
    try fixture.perform(.set("b", "stays"))
    fixture.end("s2")
    #expect(fixture.contents == ["b=stays 4"])
    #expect(try fixture.perform(.lock("a", by: "s1")).isDone)
  }

  @Test("a failing check ends the sessions of its node that depend on it")
  mutating func checks() {
    fixture.batch { _, sessions, _ in sessions.checkFailed("other", node: "n1") }
    fixture.batch { _, sessions, _ in sessions.checkFailed("web", node: "n2") }
    #expect(fixture.sessions.sessions.count == 2)
    fixture.batch { _, sessions, _ in sessions.checkFailed("web", node: "n1") }
    #expect(fixture.sessions.all.map(\.id) == ["s2"])
  }

  @Test("a node takes its sessions along, those of the same batch too")
  mutating func node() throws {
    try fixture.batch { _, sessions, revision in
      _ = try sessions.create(Session(id: "s3", node: "n1"), revision: revision)
      sessions.nodeRemoved("n1")
    }
    #expect(fixture.sessions.all.map(\.id) == ["s2"])
  }

  @Test("a session that is not renewed ends at twice its time")
  mutating func expiry() throws {
    try fixture.create(Session(id: "s3", node: "n1", ttl: .seconds(10)))
    fixture.now = .seconds(15)
    #expect(fixture.sessions.renew("s3", now: fixture.now)?.id == "s3")
    #expect(fixture.sessions.leases.takeExpired(now: .milliseconds(34_999), limit: 9) == [])
    let expired = fixture.sessions.leases.takeExpired(now: .seconds(35), limit: 9)
    #expect(expired == ["s3"])
    // It is on its way out: too late.
    #expect(fixture.sessions.renew("s3", now: .seconds(35)) == nil)
    fixture.batch { _, sessions, _ in sessions.expire(expired + ["s1", "unknown"]) }
    #expect(fixture.sessions.all.map(\.id) == ["s1", "s2"])
  }

  @Test("a session without a time can be renewed, and lasts")
  mutating func withoutTTL() {
    #expect(fixture.sessions.renew("s1", now: .seconds(9_999))?.id == "s1")
    #expect(fixture.sessions.leases.nextDeadline == nil)
    #expect(fixture.sessions.renew("none", now: .zero) == nil)
  }

  @Test("delays that are over are forgotten")
  mutating func sweep() {
    var sessions = SessionState()
    for number in 0..<5 {
      let delay = LockDelay(key: "\(number)", duration: .seconds(1), until: .zero)
      sessions.apply(.delayed(delay), revision: 1, now: .seconds(number))
    }
    #expect(sessions.isDelayed(KeyName("4"), now: .seconds(4)))
    #expect(!sessions.isDelayed(KeyName("0"), now: .seconds(4)))
    var planner = SessionPlanner(base: sessions, limits: RegistryLimits(), now: .seconds(4))
    planner.forgetDelays()
    planner.forgetDelays()
    let changes = planner.takeChanges()
    #expect(changes.count == 4)
    for change in changes { sessions.apply(change, revision: 2, now: .seconds(4)) }
    #expect(sessions.overdueDelays(now: .seconds(5), limit: 9) == [KeyName("4")])
  }

  @Test("a delay outlasts a restart, by the clock on the wall, but never its own length")
  mutating func restart() {
    let delay = LockDelay(key: "a", duration: .seconds(10), until: .seconds(1_010))
    func isDelayed(wallTime: Int, after: Int) -> Bool {
      let sessions = SessionState(delays: [delay], now: .seconds(5), wallTime: .seconds(wallTime))
      return sessions.isDelayed(KeyName("a"), now: .seconds(5 + after))
    }
    #expect(isDelayed(wallTime: 1_004, after: 5))
    #expect(!isDelayed(wallTime: 1_004, after: 6))
    #expect(!isDelayed(wallTime: 1_010, after: 0))
    // The clock was set back.
    #expect(isDelayed(wallTime: 0, after: 9))
    #expect(!isDelayed(wallTime: 0, after: 10))
  }

  @Test("limits and fields of a session are checked")
  mutating func validation() {
    #expect(throws: RegistryError.self) { try Session(node: "").validated() }
    #expect(throws: RegistryError.self) { try Session(node: "n", ttl: .seconds(9)).validated() }
    #expect(throws: RegistryError.self) { try Session(node: "n", ttl: .seconds(86_401)).validated() }
    #expect(throws: RegistryError.self) { try Session(node: "n", lockDelay: .seconds(-1)).validated() }
    #expect(throws: RegistryError.self) { try Session(node: "n", nodeChecks: [""]).validated() }
    let long = try? Session(node: "n", lockDelay: .seconds(90)).validated()
    #expect(long?.lockDelay == .seconds(60))
    fixture.limits.sessions = 2
    #expect(throws: RegistryError.resourceExhausted("the registry holds its limit of 2 sessions")) {
      try fixture.create(Session(id: "s3", node: "n1"))
    }
  }
}
