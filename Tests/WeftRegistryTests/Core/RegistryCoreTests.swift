import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("The rules of the registry")
struct RegistryCoreTests {
  var core: RegistryCore

  init() {
    core = Self.makeCore()
  }

  private static func makeCore(
    _ stored: StoredState = StoredState(history: "h"), _ configure: (inout RegistryLimits) -> Void = { _ in }
  ) -> RegistryCore {
    var limits = RegistryLimits()
    configure(&limits)
    return RegistryCore(stored, limits: limits, descriptorRetention: .seconds(60), now: .zero)
  }

  /// Plans and applies; returns what each command was answered.
  @discardableResult
  private mutating func commit(_ commands: RegistryCommand..., now: Duration = .zero) -> [CommitPlan.Answer] {
    let plan = core.plan(commands, now: now)
    core.apply(plan, now: now)
    return plan.answers
  }

  private func ids(_ service: String) -> [String] {
    core.catalogue.records(of: service).map(\.instance.id)
  }

  @Test("every change gets the next revision")
  mutating func revisions() throws {
    let answers = commit(
      .register(.sample("a", "1")), .register(.sample("a", "2")),
      .deregister(InstanceKey(service: "a", id: "1")))
    let revisions = try answers.map { try $0.result.get().revision }
    #expect(revisions == [1, 2, 3])
    #expect(core.revision == 3)
    #expect(ids("a") == ["2"])
  }

  @Test("registering an identical instance again only renews its lease")
  mutating func identical() throws {
    commit(.register(.sample()))
    let plan = core.plan([.register(.sample())], now: .seconds(5))
    #expect(plan.batch.isEmpty)
    #expect(try plan.answers[0].result.get().revision == 1)
    core.apply(plan, now: .seconds(5))
    #expect(core.leases.takeExpired(now: .seconds(14), limit: 9) == [])
    #expect(core.leases.takeExpired(now: .seconds(15), limit: 9).count == 1)
  }

  @Test("registering a changed instance replaces it")
  mutating func replace() {
    commit(.register(.sample(port: 1)), .register(.sample(port: 2)))
    #expect(core.catalogue.count == 1)
    #expect(core.catalogue.records(of: "hello").map(\.instance.port) == [2])
    #expect(core.revision == 2)
  }

  @Test("a service keeps the revision at which it came, whoever of its instances comes and goes")
  mutating func created() {
    func created() -> [UInt64] { core.catalogue.records(of: "hello").map(\.instance.createdRevision) }
    commit(.register(.sample("other")), .register(.sample(port: 1)), .register(.sample("hello", "2")))
    #expect(created() == [2, 2])
    commit(.register(.sample(port: 2)))
    // What a registration says of it is nobody's business.
    commit(.register(.sample("hello", "3", created: 1)))
    commit(
      .deregister(InstanceKey(service: "hello", id: "1")), .deregister(InstanceKey(service: "hello", id: "2"))
    )
    #expect(created() == [2])
    #expect(core.plan([.register(.sample("hello", "3", created: 7))], now: .zero).batch.isEmpty)
  }

  @Test("a service that was gone is a new one, also within one transaction")
  mutating func recreated() {
    let key = ServiceInstance.sample().key
    commit(.register(.sample()))
    commit(.deregister(key), .register(.sample()), .register(.sample("hello", "2")))
    #expect(core.catalogue.records(of: "hello").map(\.instance.createdRevision) == [3, 3])
    commit(.register(.sample("a")), .deregister(InstanceKey(service: "a", id: "1")), .register(.sample("a")))
    #expect(core.catalogue.records(of: "a").map(\.instance.createdRevision) == [7])
  }

  @Test("removing what is not there changes nothing")
  mutating func removeUnknown() throws {
    let plan = core.plan([.deregister(InstanceKey(service: "a", id: "1"))], now: .zero)
    #expect(plan.batch.isEmpty)
    #expect(try plan.answers[0].result.get().revision == 0)
  }

  @Test("a plan shows nothing before it is applied, and nothing at all when it is abandoned")
  mutating func abandon() {
    let plan = core.plan([.register(.sample())], now: .zero)
    #expect(core.revision == 0)
    core.abandon(plan, now: .zero)
    #expect(core.catalogue.count == 0)
    commit(.register(.sample("other")))
    #expect(core.revision == 1)
  }

  @Test("an instance that registers again before its removal is decided stays")
  mutating func registerBeatsExpiry() {
    commit(.register(.sample()))
    let expired = core.leases.takeExpired(now: .seconds(10), limit: 9)
    commit(.register(.sample()), .expire(expired), now: .seconds(10))
    #expect(ids("hello") == ["1"])
    #expect(core.heartbeat([ServiceInstance.sample().key], now: .seconds(11)) == [])
  }

  @Test("an instance that registers again right after its removal is back")
  mutating func registerAfterExpiry() {
    commit(.register(.sample()))
    let expired = core.leases.takeExpired(now: .seconds(10), limit: 9)
    commit(.expire(expired), .register(.sample()), now: .seconds(10))
    #expect(ids("hello") == ["1"])
    #expect(core.revision == 3)
  }

  @Test("a heartbeat for an instance that is about to go says that it is unknown")
  mutating func heartbeatWhileExpiring() {
    commit(.register(.sample()))
    let expired = core.leases.takeExpired(now: .seconds(10), limit: 9)
    #expect(core.heartbeat(expired, now: .seconds(10)) == expired)
  }

  @Test("when a removal cannot be stored the instance stays and can be renewed")
  mutating func failedExpiry() {
    commit(.register(.sample()))
    let expired = core.leases.takeExpired(now: .seconds(10), limit: 9)
    core.abandon(core.plan([.expire(expired)], now: .seconds(10)), now: .seconds(10))
    #expect(core.heartbeat(expired, now: .milliseconds(10_500)) == [])
    #expect(core.leases.takeExpired(now: .seconds(20), limit: 9) == [])
  }

  @Test("after a restart every lease starts anew")
  mutating func restart() {
    let stored = StoredState(
      history: "h", revision: 1, entries: LoggedRevision.put(1, .sample()).changes, log: [.put(1, .sample())])
    core = RegistryCore(stored, limits: .init(), descriptorRetention: .seconds(60), now: .seconds(500))
    #expect(core.leases.takeExpired(now: .milliseconds(509_999), limit: 9) == [])
    #expect(core.leases.takeExpired(now: .seconds(510), limit: 9).count == 1)
    #expect(core.revision == 1)
  }

  @Test("an instance may only refer to a descriptor set that is there")
  mutating func unknownSet() {
    let hash = ServiceInstance.full.descriptorSetHash
    let refused = commit(.register(.full))
    #expect(throws: RegistryError.self) { try refused[0].result.get() }
    let answers = commit(.putDescriptorSet(hash: hash, bytes: [1]), .register(.full))
    #expect(throws: Never.self) { try answers[1].result.get() }
    #expect(core.revision == 1)
  }

  @Test("descriptor sets go when nobody has referred to them for a while")
  mutating func collect() {
    let hash = ServiceInstance.full.descriptorSetHash
    commit(
      .putDescriptorSet(hash: hash, bytes: [1]), .putDescriptorSet(hash: "idle", bytes: [2]), .register(.full)
    )
    commit(.collectDescriptorSets, now: .seconds(59))
    #expect(core.descriptors.count == 2)
    commit(.collectDescriptorSets, now: .seconds(60))
    #expect(core.descriptors.contains(hash))
    #expect(!core.descriptors.contains("idle"))
    commit(.deregister(ServiceInstance.full.key), now: .seconds(100))
    commit(.collectDescriptorSets, now: .seconds(159))
    #expect(core.descriptors.contains(hash))
    commit(.collectDescriptorSets, now: .seconds(160))
    #expect(core.descriptors.count == 0)
    #expect(core.descriptors.totalBytes == 0)
  }

  @Test("a set that is collected and stored again in one transaction stays")
  mutating func collectAndPut() {
    commit(.putDescriptorSet(hash: "x", bytes: [1]))
    let plan = core.plan(
      [.collectDescriptorSets, .putDescriptorSet(hash: "x", bytes: [1])], now: .seconds(99))
    #expect(plan.batch.descriptorSets.keys.sorted() == ["x"])
    #expect(plan.batch.removedDescriptorSets.isEmpty)
  }

  @Test("limits on instances count what the same transaction adds")
  mutating func limits() {
    core = Self.makeCore {
      $0.instances = 3
      $0.instancesPerService = 2
    }
    let answers = commit(
      .register(.sample("a", "1")), .register(.sample("a", "2")), .register(.sample("a", "3")),
      .register(.sample("b", "1")), .register(.sample("c", "1")),
      .deregister(InstanceKey(service: "a", id: "1")),
      .register(.sample("c", "1")))
    let accepted = answers.map { (try? $0.result.get()) != nil }
    #expect(accepted == [true, true, false, true, false, true, true])
    guard case .failure(.resourceExhausted(let message)) = answers[2].result else {
      Issue.record("should have been refused")
      return
    }
    #expect(message.contains("service a"))
  }
}
