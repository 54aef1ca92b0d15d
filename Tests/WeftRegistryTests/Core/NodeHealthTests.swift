import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("The health of a node")
struct NodeHealthTests {
  private let store = MemoryStore()
  private var core: RegistryCore

  init() {
    core = Self.makeCore(store)
    commit(
      .catalogue([.putNode(Node(name: "n", address: "10.0.0.1"))]), .register(Self.instance("1")),
      .register(Self.instance("2")), .register(.sample("elsewhere")))
  }

  private static func makeCore(_ store: MemoryStore, messageBytes: Int? = nil) -> RegistryCore {
    var limits = RegistryLimits()
    if let messageBytes { limits.watchMessageBytes = messageBytes }
    return RegistryCore(store.loadNow(), limits: limits, descriptorRetention: .seconds(60), now: .zero)
  }

  private static func instance(_ id: String, port: Int = 9000) -> ServiceInstance {
    var instance = ServiceInstance.sample("hello", id, port: port)
    instance.node = "n"
    return instance
  }

  private mutating func commit(_ commands: RegistryCommand..., now: Duration = .zero) {
    let plan = core.plan(commands, now: now, wallTime: now)
    do {
      if !plan.batch.isEmpty { try store.commitNow(plan.batch) }
    } catch {
      Issue.record(error)
    }
    for answer in plan.answers {
      if case .failure(let error) = answer.result { Issue.record(error) }
    }
    core.apply(plan, now: now)
  }

  private mutating func setCheck(
    _ id: String, _ status: HealthStatus, _ output: String = "", at now: Duration = .zero
  ) {
    let key = CheckKey(owner: .node("n"), id: id)
    commit(.catalogue([.setCheck(key, CheckState(status: status, output: output))]), now: now)
  }

  private mutating func putChecks(_ ids: String...) {
    for id in ids {
      let check = HealthCheck(id: id, state: CheckState(status: .passing))
      commit(.catalogue([.putCheck(check, .node("n"))]))
    }
  }

  private func statuses() -> [HealthStatus] { core.catalogue.records(of: "hello").map(\.instance.status) }

  /// What a watcher of the service is told of that happens in `body`.
  private mutating func told(_ body: (inout Self) -> Void) -> [CatalogueChange] {
    var cursor = WatchCursor(
      service: "hello", from: WatchPosition(history: core.history, revision: core.revision))
    _ = cursor.next(core)
    body(&self)
    return cursor.next(core)?.changes ?? []
  }

  @Test("a check of a node that turns critical changes every instance on it, and nobody else")
  mutating func check() {
    putChecks("disk")
    let changes = told { $0.setCheck("disk", .critical, "full", at: .seconds(7)) }
    #expect(changes.map(\.revision) == [core.revision, core.revision])
    let health = NodeHealth(status: .critical, checkID: "disk", reason: "full", since: .seconds(7))
    for change in changes {
      guard case .put(let instance) = change.kind else {
        Issue.record("\(change)")
        continue
      }
      #expect(instance.nodeHealth == health)
      #expect(instance.status == .critical)
      #expect(instance.ownStatus == .passing)
      #expect(instance.modifiedRevision == instance.addedRevision, "it is not the instance that changed")
    }
    #expect(core.catalogue.records(of: "elsewhere").map(\.instance.status) == [.passing])
    let mended = told { $0.setCheck("disk", .passing) }
    #expect(mended.count == 2)
    #expect(statuses() == [.passing, .passing])
    #expect(core.catalogue.records(of: "hello").allSatisfy { $0.instance.nodeHealth == nil })
  }

  @Test("maintenance of a node is critical for every instance on it, and says why")
  mutating func maintenance() {
    let began = told {
      $0.commit(
        .catalogue([.setMaintenance(Maintenance(reason: "new disk", since: .seconds(1)), .node("n"))]))
    }
    #expect(began.count == 2)
    let reasons = core.catalogue.records(of: "hello").map(\.instance.nodeHealth?.reason)
    #expect(reasons == ["new disk", "new disk"])
    #expect(statuses() == [.critical, .critical])
    let ended = told { $0.commit(.catalogue([.setMaintenance(nil, .node("n"))])) }
    #expect(ended.count == 2)
    #expect(statuses() == [.passing, .passing])
  }

  @Test("an instance is told of once, however many checks of its node agree")
  mutating func severalChecks() {
    putChecks("a", "b", "c")
    #expect(told { $0.setCheck("b", .warning, at: .seconds(1)) }.count == 2)
    #expect(told { $0.setCheck("a", .warning, at: .seconds(2)) } == [])
    #expect(statuses() == [.warning, .warning])
    #expect(told { $0.setCheck("c", .critical, at: .seconds(3)) }.count == 2)
    #expect(statuses() == [.critical, .critical])
    // What is worst decides; after it, what has been bad for longest.
    #expect(told { $0.setCheck("c", .passing, at: .seconds(4)) }.count == 2)
    #expect(core.catalogue.records(of: "hello").map(\.instance.nodeHealth?.checkID) == ["b", "b"])
  }

  @Test("an instance that comes to a node that is not well is told of as such")
  mutating func lateInstance() {
    putChecks("disk")
    setCheck("disk", .critical)
    let changes = told { $0.commit(.register(Self.instance("3"))) }
    #expect(changes.count == 1)
    #expect(statuses() == [.critical, .critical, .critical])
    // Whatever a registration says of it.
    var boasting = Self.instance("3", port: 9001)
    boasting.nodeHealth = nil
    commit(.register(boasting))
    #expect(statuses() == [.critical, .critical, .critical])
    #expect(core.plan([.register(boasting)], now: .zero).batch.isEmpty)
  }

  @Test("a check that leaves its node takes what it said along")
  mutating func removedCheck() {
    putChecks("disk")
    setCheck("disk", .critical)
    let key = CheckKey(owner: .node("n"), id: "disk")
    #expect(told { $0.commit(.catalogue([.removeCheck(key)])) }.count == 2)
    #expect(statuses() == [.passing, .passing])
  }

  @Test("what happens to a node is no sign of life of the instances on it")
  mutating func leases() {
    putChecks("disk")
    setCheck("disk", .critical, at: .seconds(9))
    #expect(core.leases.takeExpired(now: .seconds(10), limit: 9).count == 3)
    setCheck("disk", .passing, at: .seconds(10))
    let key = Self.instance("1").key
    #expect(core.leases.isExpiring(key))
    commit(.expire([key]), now: .seconds(10))
    #expect(core.catalogue[key] == nil)
  }

  @Test("a silent instance goes in the same transaction in which its node changes")
  mutating func expiryBesideNode() {
    putChecks("disk")
    let expired = core.leases.takeExpired(now: .seconds(10), limit: 9)
    let critical = CheckState(status: .critical)
    commit(
      .catalogue([.setCheck(CheckKey(owner: .node("n"), id: "disk"), critical)]), .expire(expired),
      now: .seconds(10))
    #expect(core.catalogue.records(of: "hello") == [])
  }

  @Test("it is the same after a restart, and for a watcher that comes back then")
  mutating func restart() {
    putChecks("disk")
    let position = WatchPosition(history: core.history, revision: core.revision)
    setCheck("disk", .critical, "full")
    let before = core.catalogue.records(of: "hello")
    core = Self.makeCore(store)
    #expect(core.catalogue.records(of: "hello") == before)
    var cursor = WatchCursor(service: "hello", from: position)
    #expect(cursor.next(core)?.changes.count == 2)
  }

  @Test("a revision too large for a message is told as a snapshot in pieces")
  mutating func large() throws {
    core = Self.makeCore(store, messageBytes: 1_000)
    putChecks("disk")
    for number in 3..<60 { commit(.register(Self.instance("\(number)"))) }
    var cursor = WatchCursor(
      service: "hello", from: WatchPosition(history: core.history, revision: core.revision))
    _ = cursor.next(core)
    setCheck("disk", .critical)
    var replica = CatalogueReplica()
    var pieces = 0
    while let update = cursor.next(core) {
      #expect(update.snapshot != nil)
      pieces += 1
      _ = try replica.apply(update)
    }
    #expect(pieces > 3)
    #expect(replica.snapshot.instances(of: "hello").count == 59)
    #expect(replica.snapshot.instances(of: "hello").allSatisfy { $0.status == .critical })
  }
}
