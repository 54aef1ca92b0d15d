import Testing
import WeftDiscovery

@testable import WeftRegistry

/// Keys, sessions and their clients with a clock and accidents, all driven from one seed and compared with
/// ``NaiveKeys`` command by command.
struct KeyValueSimulation {
  /// Somebody who looks at a key or a prefix now and then, and goes by the index.
  private struct Watcher {
    var prefix: String
    var isKey: Bool
    var index: UInt64 = 0
    var seen: [KeyValueEntry] = []
  }

  private var random: SeededRandom
  private let store = MemoryStore()
  private let limits: RegistryLimits
  private var core: RegistryCore
  private var naive = NaiveKeys()
  private var now: Duration = .zero
  private var queue: [RegistryCommand] = []
  private var watchers: [Watcher]
  private var lastSession = 0
  private(set) var counts: [String: Int] = [:]

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    var limits = RegistryLimits()
    limits.tombstones = 8
    self.limits = limits
    core = RegistryCore(store.loadNow(), limits: limits, descriptorRetention: .seconds(60), now: .zero)
    // The first revision cannot be told from the index of what was never changed.
    queue = [.keyValue(.set(key: "first", value: []))]
    watchers =
      ["", "a", "a/", "a/b", "b", "none"].map { Watcher(prefix: $0, isKey: false) }
      + ["a", "a/b/1", "b/2", "none"].map { Watcher(prefix: $0, isKey: true) }
  }

  mutating func step() throws {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<40: queue.append(.keyValue(randomOperation()))
    case 40..<50:
      let count = Int.random(in: 1...5, using: &random)
      queue.append(.transaction((0..<count).map { _ in .keyValue(randomOperation()) }))
    case 50..<54: queue.append(.session(.create(randomSession())))
    case 54..<56: queue.append(.session(.destroy(anySession())))
    case 56..<64: renew()
    case 64..<70: now += .milliseconds(Int.random(in: 1...4_000, using: &random))
    case 70..<75: if random.oneIn(9) { queue.append(.session(.forgetDelays)) } else { tick() }
    case 75..<90: try commit()
    case 90..<99: try look()
    default: if random.oneIn(10) { try restart() }
    }
  }

  // MARK: Clients

  private mutating func randomKey() -> String {
    ["a", "a/b/1", "a/b/2", "a/c", "b/1", "b/2"].randomElement(using: &random) ?? "a"
  }

  private mutating func anySession() -> String {
    naive.sessions.keys.sorted().randomElement(using: &random) ?? "none"
  }

  private mutating func randomSession() -> Session {
    lastSession += 1
    let delay = Int.random(in: 0...2, using: &random) * 1_500
    let ttl = random.oneIn(3) ? nil : Duration.seconds(Int.random(in: 10...12, using: &random))
    return Session(
      id: "s\(lastSession)", node: Node.registryName, lockDelay: .milliseconds(delay),
      behavior: random.oneIn(3) ? .delete : .release, ttl: ttl)
  }

  private mutating func randomOperation() -> KeyValueOperation {
    let key = randomKey()
    let value = [UInt8.random(in: 0...2, using: &random)]
    // As a client would know it, or thinks to know it.
    let known = naive.keys[key]?.modifiedRevision ?? 0
    let revision = random.oneIn(4) ? UInt64.random(in: 0...9, using: &random) : known
    let session = random.oneIn(6) ? "none" : anySession()
    let prefix = ["a/", "a/b", "b", "none"].randomElement(using: &random) ?? ""
    switch Int.random(in: 0..<16, using: &random) {
    case 0...3: return .set(key: key, value: value, flags: UInt64(value[0]) % 2)
    case 4, 5: return .compareAndSet(key: key, value: value, revision: revision)
    case 6...8: return .lock(key: key, value: value, session: session)
    case 9: return .unlock(key: key, value: value, session: naive.keys[key]?.session ?? session)
    case 10: return .delete(key: key)
    case 11: return .compareAndDelete(key: key, revision: revision)
    case 12: return random.oneIn(3) ? .deleteTree(prefix: prefix) : .getTree(prefix: prefix)
    case 13: return .checkIndex(key: key, revision: revision)
    case 14: return random.oneIn(2) ? .checkSession(key: key, session: session) : .checkNotExists(key: key)
    default: return .get(key: key)
    }
  }

  private mutating func renew() {
    let id = anySession()
    let isThere = core.sessions.renew(id, now: now) != nil
    #expect(isThere == (naive.sessions[id] != nil && !core.sessions.leases.isExpiring(id)))
    if isThere { naive.sessions[id]?.lastSign = now }
  }

  // MARK: The registry's loops

  private mutating func tick() {
    let expired = core.sessions.leases.takeExpired(now: now, limit: 3)
    for id in expired {
      guard let holder = naive.sessions[id], let ttl = holder.session.ttl else {
        Issue.record("\(id) has no time that could run out")
        continue
      }
      #expect(now - holder.lastSign >= ttl * 2, "\(id) ended too early")
    }
    if expired.isEmpty {
      for (id, holder) in naive.sessions where !core.sessions.leases.isExpiring(id) {
        #expect(holder.session.ttl.map { now - holder.lastSign < $0 * 2 } ?? true, "\(id) should have ended")
      }
    } else {
      queue.append(.session(.expire(expired)))
      count("expired", expired.count)
    }
  }

  private mutating func commit() throws {
    let commands = Array(queue.prefix(Int.random(in: 1...6, using: &random)))
    queue.removeFirst(commands.count)
    let plan = core.plan(commands, now: now, wallTime: now)
    var next = naive
    for (command, answer) in zip(commands, plan.answers) {
      let leases = core.sessions.leases
      let expected = next.perform(command, isExpiring: { leases.isExpiring($0) }, now: now)
      try #require(Self.text(answer) == expected, "to \(command)")
      count(String(expected.prefix { $0 != " " }))
    }
    try #require(plan.batch.revision == next.revision)
    switch Int.random(in: 0..<40, using: &random) {
    case 0:
      count("failed commits")
      core.abandon(plan, now: now)
      for case .session(.expire(let ids)) in commands {
        // They get another second.
        for id in ids {
          guard let ttl = naive.sessions[id]?.session.ttl else { continue }
          naive.sessions[id]?.lastSign = now + RegistryCore.expiryRetryDelay - ttl * 2
        }
      }
    case 1:
      count("crashes before a commit")
      try restart()
    case 2:
      count("crashes after a commit")
      if !plan.batch.isEmpty { try store.commitNow(plan.batch) }
      naive = next
      try restart()
    default:
      if !plan.batch.isEmpty { try store.commitNow(plan.batch) }
      core.apply(plan, now: now)
      naive = next
    }
    if random.oneIn(8) { try compare() }
  }

  private static func text(_ answer: CommitPlan.Answer) -> String {
    switch answer.result {
    case .failure: return "refused"
    case .success(let outcome):
      switch outcome.value {
      case .keyValue(let result):
        guard result.isDone else { return "refused" }
        return "done \(result.entries.map { "\($0.key)@\($0.modifiedRevision)" })"
      case .transaction(let outcome):
        guard outcome.isDone else { return "failed \(outcome.failures.map(\.operation))" }
        return "done \(outcome.results.compactMap(Self.text))"
      default: return "ok"
      }
    }
  }

  private static func text(_ result: TransactionResult) -> String? {
    guard case .keyValue(let entry) = result else { return nil }
    return "\(entry.key)@\(entry.modifiedRevision)"
  }

  private func compare() throws {
    let records = core.keyValue.records(prefix: "").map(\.entry)
    try #require(records == naive.keys.values.sorted { $0.key < $1.key })
    try #require(core.sessions.all.map(\.id) == naive.sessions.keys.sorted())
    try #require(core.keyValue.bytes == records.reduce(0) { $0 + KeyValueRecord($1).cost })
    for id in naive.sessions.keys {
      let held = Set(records.filter { $0.session == id }.map { KeyName($0.key) })
      try #require(core.keyValue.names(lockedBy: id) == held)
    }
    // Nobody holds anything who is not there.
    try #require(records.allSatisfy { $0.session.map { naive.sessions[$0] != nil } ?? true })
  }

  /// Killed and started again: memory is lost, the store stays.
  private mutating func restart() throws {
    now += .milliseconds(Int.random(in: 0...5_000, using: &random))
    queue = []
    core = RegistryCore(
      store.loadNow(), limits: limits, descriptorRetention: .seconds(60), now: now, wallTime: now)
    for id in naive.sessions.keys { naive.sessions[id]?.lastSign = now }
    count("restarts")
    try compare()
  }

  // MARK: Watchers

  private mutating func look() throws {
    guard core.revision > 0 else { return }
    let number = Int.random(in: watchers.indices, using: &random)
    var watcher = watchers[number]
    let entries =
      watcher.isKey
      ? [core.keyValue[watcher.prefix]].compactMap { $0?.entry }
      : core.keyValue.records(prefix: watcher.prefix).map(\.entry)
    let index =
      watcher.isKey
      ? core.keyValue.index(key: watcher.prefix) : core.keyValue.index(prefix: watcher.prefix)
    try #require(index > 0)
    try #require(index >= watcher.index, "the index of \(watcher.prefix) fell")
    if watcher.index > 0, entries != watcher.seen {
      try #require(index > watcher.index, "a change below \(watcher.prefix) would be missed")
    }
    watcher.index = index
    watcher.seen = entries
    watchers[number] = watcher
    count("looks")
  }

  private mutating func count(_ what: String, _ n: Int = 1) {
    counts[what, default: 0] += n
  }
}

@Suite("Simulated keys and sessions")
struct KeyValueSimulationTests {
  @Test(
    "do what the shortest model of them does, whatever happens in whatever order",
    arguments: 1...4 as ClosedRange<UInt64>)
  func simulate(seed: UInt64) throws {
    var simulation = KeyValueSimulation(seed: seed)
    for _ in 0..<15_000 { try simulation.step() }
    // The run is worth something only when everything did happen.
    for what in [
      "done", "refused", "failed", "ok", "expired", "failed commits", "crashes before a commit",
      "crashes after a commit", "restarts", "looks",
    ] {
      #expect(simulation.counts[what, default: 0] > 10, "too few: \(what)")
    }
  }
}
