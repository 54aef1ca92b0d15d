import Testing
import WeftDiscovery

@testable import WeftRegistry

/// Checks, silence and self-protection, driven from one seed, beside a naive opinion of what must come of it.
struct CheckSimulation {
  private static let ttl: Duration = .seconds(3)
  private static let concurrentChecks = 4
  private static let scopes: [Scope] = [
    .everything, .services, .service("s0"), .service("s1"), .checks, .checksInState(.critical), .node("weft"),
  ]

  private var random: SeededRandom
  private let store = MemoryStore()
  private let policy: SelfProtectionPolicy
  private var core: RegistryCore
  private var now: Duration = .zero
  private var queue: [RegistryCommand] = []
  private var running: [CheckTable.Job] = []

  /// When the owner of a TTL check was heard, and what it had said when it was.
  private var lastHeard: [CheckKey: Duration] = [:]
  private var lastStatus: [CheckKey: HealthStatus] = [:]
  private var silenced: [String: [(instant: Duration, count: Int)]] = [:]
  private var indexes: [Scope: UInt64] = [:]
  private(set) var counts: [String: Int] = [:]

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    var policy = SelfProtectionPolicy()
    policy.longest = .seconds(1_000_000_000)
    policy.retry = .milliseconds(700)
    policy.window = .seconds(10)
    self.policy = policy
    core = Self.makeCore(store, policy, now: .zero)
  }

  private static func makeCore(
    _ store: MemoryStore, _ policy: SelfProtectionPolicy, now: Duration
  ) -> RegistryCore {
    var core = RegistryCore(
      store.loadNow(), limits: RegistryLimits(), descriptorRetention: .seconds(60), protection: policy,
      now: now)
    core.checks = CheckTable(seed: 1)
    for record in core.catalogue.allRecords() {
      core.checks.replace([], with: record.instance.checks, of: .instance(record.key), now: now)
    }
    return core
  }

  mutating func step() throws {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<15: queue.append(.register(makeInstance(randomKey())))
    case 15..<17: queue.append(.deregister(randomKey()))
    case 17..<45: _ = core.heartbeat([randomKey()], now: now)
    case 45..<60: report()
    case 60..<70: now += .milliseconds(Int.random(in: 1...300, using: &random))
    case 70..<78: tick()
    case 78..<86: finishRun()
    case 86..<98: try commit(isCalm: false)
    case 98: if random.oneIn(8) { try restart() }
    default: if random.oneIn(10) { try settle() }
    }
    try #require(core.checks.running <= min(Self.concurrentChecks, running.count))
  }

  // MARK: What happens

  private mutating func randomKey() -> InstanceKey {
    InstanceKey(
      service: "s\(Int.random(in: 0..<2, using: &random))", id: "\(Int.random(in: 0..<8, using: &random))")
  }

  private func ttlKey(_ key: InstanceKey) -> CheckKey { CheckKey(owner: .instance(key), id: "ttl") }

  private func makeInstance(_ key: InstanceKey) -> ServiceInstance {
    var instance = ServiceInstance.sample(key.service, key.id, lease: .seconds(2))
    var dying = HealthCheck(id: "dying", kind: .tcp("127.0.0.1:1"), interval: .milliseconds(300))
    dying.failuresBeforeCritical = 2
    dying.failuresBeforeWarning = 1
    dying.deregisterCriticalAfter = .seconds(5)
    dying.state.status = .passing
    instance.checks = [
      dying, HealthCheck(id: "ttl", kind: .ttl(Self.ttl), state: CheckState(status: .passing)),
    ]
    return instance
  }

  private mutating func report() {
    let status: HealthStatus = random.oneIn(3) ? .warning : .passing
    let output = "\(Int.random(in: 0..<3, using: &random))"
    queue.append(
      .catalogue([.setCheck(ttlKey(randomKey()), CheckState(status: status, output: output))]))
  }

  private mutating func finishRun() {
    guard !running.isEmpty else { return }
    let job = running.remove(at: Int.random(in: running.indices, using: &random))
    let status: HealthStatus = random.oneIn(3) ? .critical : .passing
    let result = ProbeResult(status: status, output: "run")
    if let operation = core.take(result, of: job, now: now) { queue.append(.catalogue([operation])) }
    count("runs")
  }

  private mutating func tick() {
    running += core.checks.takeDue(now: now, limit: Self.concurrentChecks)
    let silent = core.checks.ttls.takeExpired(now: now, limit: 9)
    let condemned = core.checks.condemned.takeExpired(now: now, limit: 9)
    let expired = core.leases.takeExpired(now: now, limit: 9)
    if !silent.isEmpty { queue.append(.expireChecks(silent)) }
    if !condemned.isEmpty { queue.append(.reap(condemned)) }
    if !expired.isEmpty { queue.append(.expire(expired)) }
  }

  private mutating func commit(isCalm: Bool) throws {
    let commands = Array(queue.prefix(isCalm ? queue.count : Int.random(in: 1...6, using: &random)))
    queue.removeFirst(commands.count)
    let plan = core.plan(commands, now: now)
    if !isCalm, random.oneIn(30) {
      core.abandon(plan, now: now)
      count("failed commits")
    } else {
      try checkSilence(plan)
      if !plan.batch.isEmpty { try store.commitNow(plan.batch) }
      core.apply(plan, now: now)
    }
    note(commands)
    try checkIndexes()
  }

  private mutating func restart() throws {
    queue = []
    running = []
    now += .milliseconds(Int.random(in: 0...5_000, using: &random))
    core = Self.makeCore(store, policy, now: now)
    silenced = [:]
    // Every time begins anew; what was critical stays so until its owner speaks.
    for key in lastHeard.keys {
      lastHeard[key] = now
      lastStatus[key] = core.catalogue.check(key)?.state.status
    }
    count("restarts")
    try checkIndexes()
  }

  // MARK: What must be so

  /// Who reported was heard, whether or not its status could be stored; a new check begins as if it had been.
  private mutating func note(_ commands: [RegistryCommand]) {
    for case .catalogue(let operations) in commands {
      for case .setCheck(let key, _) in operations where key.id == "ttl" {
        lastHeard[key] = now
        lastStatus[key] = core.catalogue.check(key)?.state.status
      }
    }
    var present: Set<CheckKey> = []
    for record in core.catalogue.allRecords() {
      let key = ttlKey(record.key)
      present.insert(key)
      let isNew = record.instance.addedRevision > (indexes[.everything] ?? 0)
      if lastHeard[key] == nil || isNew {
        lastHeard[key] = now
        lastStatus[key] = core.catalogue.check(key)?.state.status
      }
    }
    lastHeard = lastHeard.filter { present.contains($0.key) }
  }

  /// Silence alone never takes more than its share of a service that is not small.
  private mutating func checkSilence(_ plan: CommitPlan) throws {
    for (service, removed) in plan.silenced {
      let recent = (silenced[service] ?? []).filter { now - $0.instant < policy.window }
      silenced[service] = recent + [(now, removed)]
      count("silenced", removed)
      let before = recent.reduce(0) { $0 + $1.count }
      // What the same batch adds or removes otherwise is not counted before it is there.
      guard plan.commands.count == 1 else { continue }
      let all = core.catalogue.records(of: service).count + before
      guard all >= policy.minimumInstances else { continue }
      try #require(Double(before + removed) <= policy.share * Double(all))
    }
    count("spared", plan.spared.count)
  }

  private mutating func checkIndexes() throws {
    for scope in Self.scopes {
      let index = core.index(for: scope)
      try #require(index >= 1 && index >= (indexes[scope] ?? 0), "\(scope)")
      indexes[scope] = index
    }
  }

  /// Everything that is due comes about; then each TTL check is critical exactly when its owner was silent.
  mutating func settle() throws {
    // Longer than anything that was spared waits.
    now += RegistryCore.expiryRetryDelay + policy.retry
    repeat {
      tick()
      while !running.isEmpty { finishRun() }
      try commit(isCalm: true)
    } while !queue.isEmpty || core.checks.ttls.nextDeadline.map { $0 <= now } == true
    try #require(core.checks.running == 0)
    for record in core.catalogue.allRecords() {
      let key = ttlKey(record.key)
      let status = try #require(core.catalogue.check(key)).state.status
      let silence = now - (lastHeard[key] ?? now)
      if silence >= Self.ttl {
        try #require(status == .critical, "\(record.key) was silent for \(silence)")
      } else {
        try #require(status == lastStatus[key], "\(record.key) was heard \(silence) ago")
      }
    }
    count("settled")
  }

  private mutating func count(_ what: String, _ n: Int = 1) {
    counts[what, default: 0] += n
  }
}

@Suite("Simulated checks")
struct CheckSimulationTests {
  @Test(
    "turn critical when they must and only then, and silence never takes most of a service",
    arguments: 1...4 as ClosedRange<UInt64>)
  func simulate(seed: UInt64) throws {
    var simulation = CheckSimulation(seed: seed)
    for _ in 0..<20_000 { try simulation.step() }
    try simulation.settle()
    for what in ["runs", "failed commits", "restarts", "silenced", "spared", "settled"] {
      #expect(simulation.counts[what, default: 0] > 10, "too few: \(what)")
    }
  }
}
