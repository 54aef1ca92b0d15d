import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("Nodes, checks and maintenance")
struct CataloguePlannerTests {
  var core = RegistryCore(
    StoredState(history: "0123456789abcdef"), limits: .init(), descriptorRetention: .seconds(60), now: .zero)
  private let key = InstanceKey(service: "hello", id: "1")

  @discardableResult
  private mutating func commit(
    _ operations: CatalogueOperation..., at wallTime: Duration = .zero
  ) throws -> UInt64 {
    let plan = core.plan([.catalogue(operations)], now: .zero, wallTime: wallTime)
    core.apply(plan, now: .zero)
    return try plan.answers[0].result.get().revision
  }

  private var instance: ServiceInstance? { core.catalogue[key]?.instance }

  @Test("operations that come together have one revision, and all of them are refused with one")
  mutating func together() throws {
    let check = HealthCheck(id: "c", kind: .ttl(.seconds(1)))
    let node = Node(name: "n", address: "10.0.0.1")
    #expect(
      try commit(
        .putNode(node), .register(.sample(), replacingChecks: true), .putCheck(check, .instance(key))) == 1)
    #expect(instance?.checks.map(\.id) == ["c"])
    #expect(core.log.changes(after: 0)?.first?.changes.count == 2)
    #expect(throws: RegistryError.self) {
      try commit(.register(.sample("other"), replacingChecks: true), .putCheck(check, .node("none")))
    }
    #expect(core.revision == 1)
    #expect(core.catalogue.count == 1)
  }

  @Test("an instance needs a node that is there; the registry's own always is")
  mutating func unknownNode() throws {
    var stray = ServiceInstance.sample()
    stray.node = "elsewhere"
    #expect(throws: RegistryError.self) { try commit(.register(stray, replacingChecks: true)) }
    #expect(core.catalogue.nodes["weft"]?.id == "01234567-89ab-4cde-8123-456789abcdef")
    #expect(throws: RegistryError.self) { try commit(.removeNode("weft")) }
  }

  @Test("one id may be there once on each node, and goes with its node")
  mutating func nodes() throws {
    var other = ServiceInstance.sample()
    other.node = "n"
    try commit(
      .putNode(Node(name: "n", address: "10.0.0.1")), .register(other, replacingChecks: true),
      .register(.sample(), replacingChecks: true))
    #expect(core.catalogue.records(of: "hello").map(\.key.node) == ["n", "weft"])
    #expect(core.catalogue.records(id: "1", node: "n").count == 1)
    try commit(.removeNode("n"))
    #expect(core.catalogue.records(of: "hello").map(\.key.node) == ["weft"])
    #expect(core.catalogue.nodes.keys.sorted() == ["weft"])
  }

  @Test("a check keeps its state when its owner registers again, and tells when it changed and why")
  mutating func statesStay() throws {
    var sample = ServiceInstance.sample()
    sample.checks = [HealthCheck(id: "c", kind: .tcp("127.0.0.1:1"))]
    try commit(.register(sample, replacingChecks: true), at: .seconds(1))
    #expect(instance?.status == .critical)
    let check = CheckKey(owner: .instance(key), id: "c")
    let revision = try commit(.setCheck(check, CheckState(status: .warning, output: "slow")), at: .seconds(2))
    sample.port = 1
    try commit(.register(sample, replacingChecks: true), at: .seconds(3))
    let state = instance?.checks.first
    #expect(state?.state == CheckState(status: .warning, output: "slow", changedAt: .seconds(2)))
    #expect(state?.modifiedRevision == revision)
    #expect(state?.addedRevision == 1)
    #expect(instance?.status == .warning)
  }

  @Test("a registration replaces the checks, or leaves those that it does not name")
  mutating func replacing() throws {
    var sample = ServiceInstance.sample()
    sample.checks = [HealthCheck(id: "a", state: .init(status: .passing))]
    try commit(.register(sample, replacingChecks: true))
    sample.checks = [HealthCheck(id: "b", state: .init(status: .passing))]
    try commit(.register(sample, replacingChecks: false))
    #expect(instance?.checks.map(\.id) == ["a", "b"])
    try commit(.register(sample, replacingChecks: true))
    #expect(instance?.checks.map(\.id) == ["b"])
  }

  @Test("an output that changes alone makes no revision, and is stored with the next change")
  mutating func outputs() throws {
    var sample = ServiceInstance.sample()
    sample.checks = ["a", "b"].map {
      HealthCheck(id: $0, kind: .ttl(.seconds(1)), state: .init(status: .passing))
    }
    try commit(.register(sample, replacingChecks: true))
    let a = CheckKey(owner: .instance(key), id: "a")
    let b = CheckKey(owner: .instance(key), id: "b")
    #expect(try commit(.setCheck(a, CheckState(status: .passing, output: "fine"))) == 1)
    #expect(core.outputs[a] == "fine")
    #expect(instance?.saying(core.outputs).checks.map(\.state.output) == ["fine", ""])
    #expect(try commit(.setCheck(b, CheckState(status: .critical, output: "dead"))) == 2)
    #expect(instance?.checks.map(\.state.output) == ["fine", "dead"])
    #expect(core.outputs.isEmpty)
  }

  @Test("a check that is not there can be removed, but not set")
  mutating func unknownCheck() throws {
    try commit(.register(.sample(), replacingChecks: true))
    let check = CheckKey(owner: .instance(key), id: "none")
    #expect(try commit(.removeCheck(check)) == 1)
    #expect(throws: RegistryError.self) { try commit(.setCheck(check, CheckState(status: .passing))) }
  }

  @Test("maintenance counts as critical, stays when the instance registers again, and ends when told")
  mutating func maintenance() throws {
    try commit(.register(.sample(), replacingChecks: true))
    try commit(.setMaintenance(Maintenance(reason: "disk", since: .seconds(5)), .instance(key)))
    try commit(.register(.sample(port: 5), replacingChecks: true))
    #expect(instance?.status == .critical)
    #expect(instance?.maintenance?.reason == "disk")
    try commit(.setMaintenance(nil, .instance(key)))
    #expect(instance?.status == .passing)
  }

  @Test("a check that takes the place of one whose time is up has a time of its own")
  mutating func replacedWhileExpiring() throws {
    var sample = ServiceInstance.sample()
    sample.checks = [HealthCheck(id: "c", kind: .ttl(.seconds(1)), state: CheckState(status: .passing))]
    try commit(.register(sample, replacingChecks: true))
    let expired = core.checks.ttls.takeExpired(now: .seconds(1), limit: 9)
    let plan = core.plan([.deregister(key), .register(sample), .expireChecks(expired)], now: .seconds(1))
    core.apply(plan, now: .seconds(1))
    #expect(instance?.status == .passing)
    #expect(core.checks.ttls.takeExpired(now: .milliseconds(1_999), limit: 9) == [])
    #expect(core.checks.ttls.takeExpired(now: .seconds(2), limit: 9).count == 1)
  }

  @Test("services of one name in two namespaces are two services")
  mutating func namespaces() throws {
    var other = ServiceInstance.sample()
    other.namespace = "team-a"
    try commit(.register(.sample(), replacingChecks: true), .register(other, replacingChecks: true))
    #expect(core.catalogue.services.keys.sorted() == ["hello", "team-a/hello"])
  }
}
