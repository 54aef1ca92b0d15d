import Testing

@testable import WeftConsul

@Suite struct NamespaceTests {
  private func start() async throws -> LiveAPI {
    let api = try await LiveAPI.start()
    try await api.put("/v1/agent/service/register", #"{"Name":"web","ID":"web-1","Port":80}"#)
    try await api.put(
      "/v1/agent/service/register?ns=blue",
      #"{"Name":"web","ID":"web-1","Port":81,"Check":{"TTL":"1h","Status":"passing"}}"#)
    try await api.put(
      "/v1/catalog/register",
      #"{"Node":"n","Address":"192.0.2.1","Service":{"Service":"db","Port":5432,"Namespace":"blue"}}"#)
    return api
  }

  @Test func servicesOfOneNameAreKeptApart() async throws {
    let api = try await start()
    #expect(try await api.get("/v1/health/service/web").value("0.Service.Port") == .number("80"))
    let other = try await api.get("/v1/health/service/web?ns=blue")
    #expect(try other.count() == 1)
    #expect(try other.value("0.Service.Port") == .number("81"))
    #expect(try other.string("0.Service.Namespace") == "blue")
    #expect(try other.string("0.Checks.1.Namespace") == "blue")
    #expect(try await api.get("/v1/catalog/service/db?ns=blue").string("0.Namespace") == "blue")
    #expect(try await api.get("/v1/catalog/service/db").text == "[]")
  }

  @Test func listsHoldOneNamespace() async throws {
    let api = try await start()
    #expect(try await api.get("/v1/catalog/services?ns=blue").count() == 2)
    #expect(try await api.get("/v1/agent/services?ns=blue").value("web-1.Port") == .number("81"))
    #expect(try await api.get("/v1/agent/services").value("web-1.Port") == .number("80"))
    #expect(try await api.get("/v1/agent/services").string("web-1.Namespace") == nil)
    #expect(try await api.get("/v1/health/state/any?ns=blue").text.contains("service:web-1"))
    #expect(try await api.get("/v1/catalog/services?ns=none").text == "{}")
  }

  @Test func theHeaderNamesOneToo() async throws {
    let api = try await start()
    _ = try await api.get("/v1/health/service/web")
    let reply = try await api.get("/v1/health/service/web", fields: ["x-consul-namespace": "blue"])
    #expect(try reply.value("0.Service.Port") == .number("81"))
    #expect(try await api.get("/v1/health/service/web").value("0.Service.Port") == .number("80"))
  }

  @Test func checksAndDeregistrationsAreOfOneNamespace() async throws {
    let api = try await start()
    #expect(try await api.put("/v1/agent/check/fail/service:web-1").status == 404)
    #expect(try await api.put("/v1/agent/check/fail/service:web-1?ns=blue").status == 200)
    #expect(try await api.get("/v1/health/checks/web?ns=blue").string("0.Status") == "critical")
    try await api.put("/v1/agent/service/deregister/web-1?ns=blue")
    #expect(try await api.get("/v1/health/service/web?ns=blue").text == "[]")
    #expect(try await api.get("/v1/health/service/web").count() == 1)
  }

  @Test(arguments: [
    ("/v1/kv/a?ns=blue", "only services"), ("/v1/session/list?ns=blue", "only services"),
    ("/v1/catalog/services?ns=*", "one namespace"), ("/v1/catalog/services?ns=a%2Fb", "slash"),
  ])
  func whatHasNoNamespacesIsRefused(target: String, reason: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.get(target)
    #expect(reply.status == 400)
    #expect(reply.text.contains(reason))
  }

  @Test(arguments: ["/v1/kv/?keys&ns=default", "/v1/session/list?ns=", "/v1/catalog/services?ns=default"])
  func theDefaultOneIsEverywhere(target: String) async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.get(target).status == 200)
  }

  @Test func aBodyMayNotContradictItsRequest() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put("/v1/agent/service/register?ns=blue", #"{"Name":"a","Namespace":"red"}"#)
    #expect(reply.status == 400)
    #expect(reply.text.contains("Namespace"))
  }
}
