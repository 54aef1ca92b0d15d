import Testing
import WeftDiscovery

@Suite("Messages of the registry")
struct MessageConversionTests {
  private let instance = ServiceInstance(
    service: "matching", id: "m-1", address: "::1", port: 65_535, protoServices: ["a.B"],
    descriptorSetHash: "ab", tags: ["测试"], metadata: ["k": "v", "": ""], version: "1", zone: "z",
    weight: 65_535, lease: .milliseconds(86_400_000), createdRevision: .max)

  @Test("carry every field of an instance both ways")
  func instanceRoundTrip() throws {
    let bytes = try instance.message.serialized()
    #expect(try ServiceInstance(Weft_Registry_V1_Instance(serialized: bytes)) == instance)
  }

  @Test("carry why the node of an instance is not well", arguments: ["disk", nil] as [String?])
  func nodeHealth(check: String?) throws {
    var instance = instance
    instance.nodeHealth = NodeHealth(
      status: .warning, checkID: check, reason: "almost full 满", since: .milliseconds(1_234))
    let bytes = try instance.message.serialized()
    #expect(try ServiceInstance(Weft_Registry_V1_Instance(serialized: bytes)) == instance)
  }

  @Test("cut what a node's check says, because each instance on it carries it")
  func longReason() {
    let state = CheckState(status: .critical, output: String(repeating: "满", count: 200))
    let node = Node(name: "n", address: "", checks: [HealthCheck(id: "disk", state: state)])
    #expect(node.health?.reason == String(repeating: "满", count: 85))
  }

  @Test("carry snapshots, pieces of snapshots, changes and empty updates both ways")
  func updates() throws {
    let position = WatchPosition(history: "h", revision: 9)
    for update in [
      WatchUpdate(position: position, after: 9),
      WatchUpdate(position: position, snapshot: []),
      WatchUpdate(position: position, snapshot: [instance], snapshotContinues: true),
      WatchUpdate(
        position: position, after: 7,
        changes: [
          CatalogueChange(revision: 8, kind: .put(instance)),
          CatalogueChange(revision: 9, kind: .removed(instance.key)),
        ]),
    ] {
      let bytes = try update.message.serialized()
      #expect(try WatchUpdate(Weft_Registry_V1_WatchResponse(serialized: bytes)) == update)
    }
  }

  @Test("skip a change of an unknown kind")
  func unknownKind() throws {
    var message = Weft_Registry_V1_WatchResponse()
    message.history = "h"
    message.revision = 2
    message.afterRevision = 1
    message.changes = [.init()]
    var replica = CatalogueReplica()
    _ = try replica.apply(WatchUpdate(position: WatchPosition(history: "h", revision: 1), snapshot: []))
    #expect(try replica.apply(WatchUpdate(message)) == false)
    #expect(replica.position.revision == 2)
  }

  @Test("tell whole milliseconds of a duration")
  func milliseconds() {
    #expect(Duration.milliseconds(1_234).milliseconds == 1_234)
    #expect(Duration.microseconds(1_999).milliseconds == 1)
    #expect(Duration.seconds(Int64.max).milliseconds == .max)
  }
}
