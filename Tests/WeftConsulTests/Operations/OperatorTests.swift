import Testing

@testable import WeftConsul

@Suite struct OperatorTests {
  @Test func autopilotIsToldForOneServer() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.get("/v1/operator/autopilot/configuration")
    #expect(try reply.string("LastContactThreshold") == "200ms")
    #expect(try reply.value("CleanupDeadServers") == .bool(true))
    #expect(try await api.get("/v1/operator/autopilot/health").value("Healthy") == .bool(true))
    #expect(try await api.get("/v1/operator/usage").value("Usage.dc1.Nodes") == .number("1"))
  }

  @Test(arguments: [
    ("PUT", "/v1/operator/autopilot/configuration", 501, "autopilot"),
    ("DELETE", "/v1/operator/raft/peer?address=10.0.0.1:8300", 400, "10.0.0.1:8300"),
    ("DELETE", "/v1/operator/raft/peer", 400, "?address"),
    ("POST", "/v1/operator/raft/transfer-leader", 501, "one server"),
    ("GET", "/v1/operator/keyring", 501, "gossip"),
    ("GET", "/v1/agent/monitor", 501, "log"),
    ("GET", "/v1/agent/monitor?loglevel=loud", 400, "Unknown log level: loud"),
    ("POST", "/v1/connect/intentions", 501, "mesh"),
    ("GET", "/v1/connect/ca/configuration", 501, "mesh"),
    ("PUT", "/v1/config", 501, "configuration entries"),
    ("GET", "/v1/config/service-defaults/web", 404, "configuration entries"),
    ("POST", "/v1/query", 501, "prepared queries"),
    ("POST", "/v1/acl/login", 401, "ACL support disabled"),
    ("GET", "/v1/unheard-of", 404, "/v1/unheard-of"),
  ])
  func whatIsNotHereSaysSo(method: String, target: String, status: Int, reason: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.ask(method, target, "{}")
    #expect(reply.status == status)
    #expect(reply.text.contains(reason))
  }

  @Test(arguments: [
    "/v1/connect/intentions", "/v1/config/service-defaults", "/v1/query", "/v1/health/connect/web",
  ])
  func listsOfItAreEmpty(target: String) async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.get(target).text == "[]")
  }
}
