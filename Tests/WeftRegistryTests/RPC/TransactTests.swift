import Testing
import WeftDiscovery
import WeftRPC

@testable import WeftRegistry

@Suite("Transact over RPC")
struct TransactTests {
  private typealias Keys = Weft_Registry_V1_KeyValueServiceClient

  @Test("a transaction changes keys and the catalogue together, or nothing")
  func transaction() async throws {
    try await withLiveRegistry { live, registry in
      let keys = Keys(live.channel())
      var set = Weft_Registry_V1_KeyOperation()
      set.verb = .set
      set.key = "leader"
      set.value = Array("a".utf8)
      var node = Weft_Registry_V1_CatalogueOperation()
      node.change = .putNode(Node(name: "n", address: "10.0.0.1").message)
      var register = Weft_Registry_V1_CatalogueOperation()
      register.change = .register(ServiceInstance.sample("a").message)
      register.ifRevision = 0
      var check = Weft_Registry_V1_CatalogueOperation()
      var put = Weft_Registry_V1_CatalogueOperation.PutCheck()
      var owner = Weft_Registry_V1_CheckOwner()
      owner.owner = .node("n")
      put.owner = owner
      put.check =
        HealthCheck(id: "disk", name: "disk", state: CheckState(status: .passing, output: "")).message
      check.change = .putCheck(put)
      var request = Weft_Registry_V1_TransactRequest()
      request.operations = [set]
      request.catalogue = [node, register, check]
      let done = try await keys.transact(request)
      #expect(done.failures.isEmpty)
      #expect(done.results.map(\.key) == ["leader"])
      #expect(try await registry.resolve("a").instances.map(\.createdRevision) == [done.revision])
      let nodes = try await registry.listNodes().nodes
      #expect(nodes.first { $0.name == "n" }?.checks.map(\.id) == ["disk"])

      set.value = Array("b".utf8)
      var remove = Weft_Registry_V1_CatalogueOperation()
      remove.change = .removeNode("n")
      request.operations = [set]
      request.catalogue = [remove, register]
      let refused = try await keys.transact(request)
      #expect(refused.failures.map(\.operation) == [2])
      #expect(refused.failures.first?.reason.contains("index") == true)
      var get = Weft_Registry_V1_GetKeyRequest()
      get.key = "leader"
      #expect(try await keys.getKey(get).entry?.value == Array("a".utf8))
      #expect(try await registry.listNodes().nodes.contains { $0.name == "n" })

      request.catalogue = [Weft_Registry_V1_CatalogueOperation()]
      let empty = request
      let error = await #expect(throws: RPCError.self) { try await keys.transact(empty) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains("catalogue[0]") == true)
    }
  }
}
