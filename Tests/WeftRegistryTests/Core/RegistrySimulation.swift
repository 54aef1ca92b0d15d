import Testing
import WeftDiscovery

@testable import WeftRegistry

/// A registry with clients, watchers, a clock and accidents, all driven from one seed.
///
/// It holds a second, naive opinion of what the catalogue must be, and compares. Everything random comes from
/// the seed, so a failing run repeats exactly.
struct RegistrySimulation {
  private struct Watcher {
    /// Nil watches all.
    var service: String?
    var replica = CatalogueReplica()
    /// Nil while disconnected.
    var cursor: WatchCursor?
  }

  private var random: SeededRandom
  private let store = MemoryStore()
  private let limits: RegistryLimits
  private var core: RegistryCore
  private var now: Duration = .zero
  private var queue: [RegistryCommand] = []
  private var watchers: [Watcher]

  /// What must be there: every acknowledged write, and nothing else.
  private var expected: [InstanceKey: ServiceInstance] = [:]
  /// When each instance last gave a sign of life that was answered with success.
  private var lastSign: [InstanceKey: Duration] = [:]
  private var highestAcknowledged: UInt64 = 0
  private(set) var counts: [String: Int] = [:]

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    var limits = RegistryLimits()
    // Small, so that watchers do fall behind and messages do fill up.
    limits.loggedChanges = 40
    limits.watchMessageChanges = 7
    limits.watchMessageBytes = 1_500
    self.limits = limits
    core = Self.makeCore(store, limits, now: .zero)
    watchers = [nil, nil, "s1", nil, "s2", nil].map { Watcher(service: $0) }
  }

  /// Without self-protection: here, who is silent for long enough goes.
  private static func makeCore(_ store: MemoryStore, _ limits: RegistryLimits, now: Duration) -> RegistryCore
  {
    var protection = SelfProtectionPolicy()
    protection.share = 1
    return RegistryCore(
      store.loadNow(), limits: limits, descriptorRetention: .seconds(60), protection: protection, now: now)
  }

  mutating func step() throws {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<20: queue.append(.register(randomInstance()))
    case 20..<25: queue.append(.deregister(randomKey()))
    case 25..<55: heartbeat()
    case 55..<65: now += .milliseconds(Int.random(in: 1...400, using: &random))
    case 65..<72: tick()
    case 72..<84: try commit()
    case 84..<97: try pull()
    case 97: watchers[Int.random(in: watchers.indices, using: &random)].cursor = nil
    case 98: if random.oneIn(10) { try restart() }
    default: if random.oneIn(10) { try settle() }
    }
  }

  /// Everything catches up; then everybody must agree.
  mutating func settle() throws {
    while !queue.isEmpty { try commit() }
    for index in watchers.indices {
      while try pull(index) {}
      let watcher = watchers[index]
      let seen = expected.values.filter { watcher.service == nil || watcher.service == $0.service }
      let services = Dictionary(grouping: seen, by: \.service).mapValues { $0.sorted { $0.id < $1.id } }
      try #require(watcher.replica.services == services)
      try #require(watcher.replica.position.revision <= core.revision)
    }
    try #require(core.leases.count == expected.count)
    count("settled")
  }

  // MARK: Clients

  private mutating func randomKey() -> InstanceKey {
    InstanceKey(
      service: "s\(Int.random(in: 0..<3, using: &random))", id: "\(Int.random(in: 0..<8, using: &random))")
  }

  private mutating func randomInstance() -> ServiceInstance {
    let key = randomKey()
    let port = Int.random(in: 1...2, using: &random)
    let lease = Duration.seconds(Int.random(in: 1...3, using: &random))
    return ServiceInstance(service: key.service, id: key.id, address: "127.0.0.1", port: port, lease: lease)
  }

  private mutating func heartbeat() {
    let key = randomKey()
    let isUnknown = !core.heartbeat([key], now: now).isEmpty
    // An instance is unknown exactly when it is not there or about to go.
    #expect(isUnknown == (expected[key] == nil || core.leases.isExpiring(key)))
    if !isUnknown { lastSign[key] = now }
  }

  // MARK: The registry's loops

  private mutating func tick() {
    let expired = core.leases.takeExpired(now: now, limit: 5)
    for key in expired {
      #expect(now - (lastSign[key] ?? now) >= (expected[key]?.lease ?? .zero), "\(key) was removed too early")
    }
    if expired.isEmpty {
      for (key, instance) in expected where !core.leases.isExpiring(key) {
        #expect(now - (lastSign[key] ?? .zero) < (instance.lease ?? .zero), "\(key) is dead and was left")
      }
    } else {
      queue.append(.expire(expired))
      count("expired", expired.count)
    }
  }

  private mutating func commit() throws {
    let commands = Array(queue.prefix(Int.random(in: 1...6, using: &random)))
    queue.removeFirst(commands.count)
    let plan = core.plan(commands, now: now)
    let doomed = Set(expected.keys.filter { core.leases.isExpiring($0) })
    switch Int.random(in: 0..<40, using: &random) {
    case 0:
      count("failed commits")
      core.abandon(plan, now: now)
      note(plan, committed: false, doomed: doomed)
      for key in doomed where !core.leases.isExpiring(key) && lastSign[key] != now {
        // It could not be removed; it gets another second.
        lastSign[key] = now + RegistryCore.expiryRetryDelay - (expected[key]?.lease ?? .zero)
      }
    case 1:
      count("crashes before a commit")
      try restart()
    case 2:
      // Nobody was answered, but it is stored.
      count("crashes after a commit")
      if !plan.batch.isEmpty { try store.commitNow(plan.batch) }
      note(plan, committed: true, doomed: doomed)
      try restart()
    default:
      if !plan.batch.isEmpty { try store.commitNow(plan.batch) }
      core.apply(plan, now: now)
      note(plan, committed: true, doomed: doomed)
      highestAcknowledged = max(highestAcknowledged, core.revision)
      count("changes", plan.batch.revisions.count)
    }
  }

  /// The naive opinion: each command in turn, as the proto's comments say.
  private mutating func note(_ plan: CommitPlan, committed: Bool, doomed: Set<InstanceKey>) {
    let before = expected
    var touched: Set<InstanceKey> = []
    for (command, answer) in zip(plan.commands, plan.answers) {
      switch command {
      case .catalogue(let operations):
        for operation in operations { note(operation, answer, committed: committed, touched: &touched) }
      case .expire(let keys) where committed:
        // Whoever has registered again by now is alive.
        for key in keys where doomed.contains(key) && !touched.contains(key) { expected[key] = nil }
      default: break
      }
    }
    if !committed { #expect(before == expected) }
  }

  private mutating func note(
    _ operation: CatalogueOperation, _ answer: CommitPlan.Answer, committed: Bool,
    touched: inout Set<InstanceKey>
  ) {
    switch operation {
    case .register(let instance, _) where committed:
      touched.insert(instance.key)
      let revision = (try? answer.result.get().revision) ?? 0
      let old = expected[instance.key]
      let siblings = expected.values.filter { $0.service == instance.service }
      // Whoever comes first, comes with the revision that it is answered with.
      let same = instance.created(
        siblings.first?.createdRevision ?? revision, added: old?.addedRevision ?? revision,
        modified: old?.modifiedRevision ?? revision)
      expected[instance.key] =
        same == old ? same : same.created(same.createdRevision, added: same.addedRevision, modified: revision)
      lastSign[instance.key] = now
    case .register(let instance, _) where !answer.needsCommit:
      lastSign[instance.key] = now
    case .deregister(let key) where committed: expected[key] = nil
    default: break
    }
  }

  /// Killed and started again: memory is lost, the store stays.
  private mutating func restart() throws {
    now += .milliseconds(Int.random(in: 0...5_000, using: &random))
    queue = []
    core = Self.makeCore(store, limits, now: now)
    for key in expected.keys { lastSign[key] = now }
    for index in watchers.indices { watchers[index].cursor = nil }
    try #require(core.revision >= highestAcknowledged, "the revision went backwards")
    count("restarts")
  }

  // MARK: Watchers

  private mutating func pull() throws {
    let index = Int.random(in: watchers.indices, using: &random)
    // Some of them are slow.
    if index < 2 || random.oneIn(index * 8) { _ = try pull(index) }
  }

  private mutating func pull(_ index: Int) throws -> Bool {
    var watcher = watchers[index]
    defer { watchers[index] = watcher }
    if watcher.cursor == nil {
      watcher.replica.reconnect()
      watcher.cursor = WatchCursor(service: watcher.service, from: watcher.replica.position)
      count("connections")
    }
    guard let update = watcher.cursor?.next(core) else { return false }
    if update.snapshot != nil { count("snapshot pieces") }
    try #require(update.position.revision >= watcher.replica.position.revision)
    // Throws when a change is missing or comes twice.
    _ = try watcher.replica.apply(update)
    return true
  }

  private mutating func count(_ what: String, _ n: Int = 1) {
    counts[what, default: 0] += n
  }
}

@Suite("A simulated registry")
struct RegistrySimulationTests {
  @Test(
    "never loses, repeats or invents anything, whatever happens in whatever order",
    arguments: 1...8 as ClosedRange<UInt64>)
  func simulate(seed: UInt64) throws {
    var simulation = RegistrySimulation(seed: seed)
    for _ in 0..<125_000 { try simulation.step() }
    try simulation.settle()
    // The run is worth something only when everything did happen.
    for what in [
      "changes", "expired", "failed commits", "crashes before a commit", "crashes after a commit", "restarts",
      "connections", "snapshot pieces", "settled",
    ] {
      #expect(simulation.counts[what, default: 0] > 10, "too few: \(what)")
    }
  }
}
