import Testing
import WeftRegistry

@testable import WeftConsul

@Suite struct CatalogueTests {
  static let many =
    #"{"Node":"n1","Address":"192.0.2.1","NodeMeta":{"rack":"r7"},"Service":{"ID":"m1","Service":"many","Port":1,"Tags":["a","b"]},"Checks":[{"CheckID":"alive","Name":"alive","Status":"passing"},{"CheckID":"answers","Name":"answers","Status":"critical","ServiceID":"m1"}]}"#
  static let other =
    #"{"Node":"n2","Address":"192.0.2.2","Service":{"ID":"m1","Service":"many","Port":2,"Tags":["b"]}}"#

  func filled() async throws -> LiveAPI {
    let api = try await LiveAPI.start()
    #expect(try await api.put("/v1/catalog/register", Self.many).text == "true")
    #expect(try await api.put("/v1/catalog/register", Self.other).text == "true")
    return api
  }

  @Test func oneIDMayBeOnSeveralNodes() async throws {
    let api = try await filled()
    let reply = try await api.get("/v1/catalog/service/many")
    #expect(try reply.count() == 2)
    #expect(try reply.string("0.Node") == "n1")
    #expect(try reply.string("1.Node") == "n2")
  }

  @Test(arguments: [
    ("tag=b", 2), ("tag=a&tag=b", 1), ("tag=A", 1), ("tag=c", 0), ("passing", 1), ("passing=true", 1),
    ("passing=false", 2), ("passing=0", 2), ("node-meta=rack:r7", 1), ("node-meta=rack:r8", 0),
    ("near=n2", 2), ("peer=nobody", 0),
    ("filter=Service.Port%20%3D%3D%202", 1), ("filter=Checks.Status%20%3D%3D%20critical", 1), ("stale", 2),
    ("consistent", 2), ("cached", 2), ("stale=", 2), ("", 2),
  ])
  func healthIsFilteredAsAsked(query: String, count: Int) async throws {
    let api = try await filled()
    #expect(try await api.get("/v1/health/service/many?\(query)").count() == count)
  }

  @Test(arguments: [
    ("192.0.2.1", "lan_ipv4"), ("2001:db8::1", "lan_ipv6"), ("http://x", ""), ("a:b", ""), ("1.2.3", ""),
  ])
  func onlyAddressesHaveFamilies(address: String, tag: String) async throws {
    let api = try await LiveAPI.start()
    try await api.put(
      "/v1/agent/service/register", #"{"Name":"a","Address":"\#(address)","Tags":["","b\nc"]}"#)
    let reply = try await api.get("/v1/agent/service/a")
    #expect(try reply.count("TaggedAddresses") == (tag.isEmpty ? nil : 2))
    if !tag.isEmpty { #expect(try reply.string("TaggedAddresses.\(tag).Address") == address) }
    #expect(try reply.string("Tags.0") == "")
    #expect(try reply.string("Tags.1") == "b\nc")
  }

  @Test func theNearOnesComeFirst() async throws {
    let api = try await filled()
    #expect(try await api.get("/v1/health/service/many?near=n2").string("0.Node.Node") == "n2")
  }

  @Test func checksAreListedByServiceNodeAndState() async throws {
    let api = try await filled()
    #expect(try await api.get("/v1/health/checks/many").string("0.CheckID") == "answers")
    #expect(try await api.get("/v1/health/node/n1").count() == 2)
    #expect(try await api.get("/v1/health/state/critical").string("0.ServiceName") == "many")
    #expect(try await api.get("/v1/health/state/any").count() == 3)
    #expect(try await api.get("/v1/health/state/splendid").text == "[]")
  }

  @Test func nodesAndTheirServices() async throws {
    let api = try await filled()
    #expect(try await api.get("/v1/catalog/nodes?node-meta=rack:r7").string("0.Node") == "n1")
    #expect(try await api.get("/v1/catalog/node/n1").string("Services.m1.Service") == "many")
    #expect(try await api.get("/v1/catalog/node-services/n1").string("Services.0.ID") == "m1")
    #expect(try await api.get("/v1/catalog/node/nobody").text == "null")
    let services = try await api.get("/v1/catalog/services")
    #expect(try services.count("many") == 2)
    #expect(try services.count("consul") == 0)
  }

  @Test func aNodeGoesWithAllThatIsOnIt() async throws {
    let api = try await filled()
    #expect(try await api.put("/v1/catalog/deregister", #"{"Node":"n1","CheckID":"alive"}"#).text == "true")
    #expect(try await api.get("/v1/health/node/n1").count() == 1)
    #expect(try await api.put("/v1/catalog/deregister", #"{"Node":"n2","ServiceID":"m1"}"#).text == "true")
    #expect(try await api.get("/v1/catalog/service/many").count() == 1)
    #expect(try await api.put("/v1/catalog/deregister", #"{"Node":"n1"}"#).text == "true")
    #expect(try await api.get("/v1/catalog/service/many").text == "[]")
    #expect(try await api.get("/v1/catalog/node/n1").text == "null")
  }

  @Test(arguments: [
    ("/v1/catalog/service/", "Missing service name"), ("/v1/health/state/", "Missing check state"),
    ("/v1/health/service/many?passing=perhaps", "Invalid value for ?passing"),
    ("/v1/health/service/many?index=many", "Invalid index"),
    ("/v1/health/service/many?wait=long", "Invalid wait time"),
    (
      "/v1/catalog/service/many?filter=Port%20%3D%3D%201",
      "Failed to create boolean expression evaluator: Selector \"Port\" is not valid"
    ),
  ])
  func badReadsAreRefused(target: String, message: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.get(target)
    #expect(reply.status == 400)
    #expect(reply.text == message)
  }

  @Test(arguments: [
    "/v1/catalog/connect/web", "/v1/health/connect/web", "/v1/query", "/v1/config/service-defaults",
    "/v1/connect/intentions",
  ])
  func whatIsNotHereIsAnEmptyList(target: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.get(target)
    #expect(reply.text == "[]")
    #expect(reply.index == 1)
  }

  @Test func anotherDatacenterIsNotReached() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.get("/v1/catalog/nodes?dc=elsewhere")
    #expect(reply.status == 500)
    #expect(reply.text == "No path to datacenter")
    #expect(try await api.get("/v1/catalog/nodes?dc=dc1").status == 200)
  }

  @Test func answersFromTheCacheAreNeverOld() async throws {
    let api = try await filled()
    let first = try await api.get("/v1/health/service/many")
    #expect(try await api.get("/v1/health/service/many").text == first.text)
    try await api.put("/v1/catalog/register", #"{"Node":"n2","Address":"192.0.2.9"}"#)
    #expect(try await api.get("/v1/health/service/many").string("1.Node.Address") == "192.0.2.9")
    #expect(try await api.get("/v1/health/service/many?cached").fields["x-cache"] == "MISS")
    #expect(try await api.get("/v1/health/service/many?cached").fields["x-cache"] == "HIT")
  }
}

@Suite struct BlockingQueryTests {
  static let target = "/v1/health/service/later"

  func register(_ id: String, _ api: LiveAPI) async throws {
    try await api.put("/v1/agent/service/register", #"{"Name":"later","ID":"\#(id)"}"#)
  }

  @Test func answersWhenTheServiceChanges() async throws {
    let api = try await LiveAPI.start()
    let before = try await api.get(Self.target)
    #expect(before.index > 0)
    async let waiting = api.get("\(Self.target)?index=\(before.index)&wait=60s")
    try await register("a", api)
    let reply = try await waiting
    #expect(reply.index > before.index)
    #expect(try reply.count() == 1)
  }

  @Test func answersTheSameWhenTheTimeIsOver() async throws {
    let api = try await LiveAPI.start()
    let before = try await api.get(Self.target)
    let reply = try await api.get("\(Self.target)?index=\(before.index)&wait=10ms")
    #expect(reply.status == 200)
    #expect(reply.index == before.index)
  }

  @Test func sleepsThroughTheChangesOfOthers() async throws {
    let api = try await LiveAPI.start()
    try await register("a", api)
    let before = try await api.get(Self.target)
    try await api.put("/v1/agent/service/register", #"{"Name":"other"}"#)
    let reply = try await api.get("\(Self.target)?index=\(before.index)&wait=10ms")
    #expect(reply.index == before.index)
  }

  @Test func anIndexBehindAnswersAtOnce() async throws {
    let api = try await LiveAPI.start()
    try await register("a", api)
    try await register("b", api)
    let reply = try await api.get("\(Self.target)?index=1&wait=10m")
    #expect(try reply.count() == 2)
  }

  @Test func anIndexAheadWaitsRatherThanSpins() async throws {
    let api = try await LiveAPI.start()
    try await register("a", api)
    let start = ContinuousClock.now
    let reply = try await api.get("\(Self.target)?index=999999&wait=50ms")
    #expect(ContinuousClock.now - start >= .milliseconds(50))
    #expect(reply.index < 999_999)
  }

  @Test func theIndexNeverFallsAndIsNeverZero() async throws {
    let api = try await LiveAPI.start()
    var last: UInt64 = 1
    for round in 0..<20 {
      if round % 3 == 2 {
        try await api.put("/v1/agent/service/deregister/a")
      } else {
        try await register("a", api)
      }
      for target in [Self.target, "/v1/catalog/services", "/v1/catalog/nodes", "/v1/health/state/any"] {
        #expect(try await api.get(target).index > 0)
      }
      let index = try await api.get(Self.target).index
      #expect(index >= last)
      last = index
    }
  }
}
