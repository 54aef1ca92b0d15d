import Testing
import WeftHTTP2

@testable import WeftConsul

@Suite struct AccessTests {
  static let management = "6c8bf6d2-6a46-4b6c-a1c1-0f6f8d5d2f11"
  static let rules =
    #"key_prefix \"mine/\" { policy = \"write\" } key_prefix \"shown/\" { policy = \"read\" } service \"web\" { policy = \"write\" } service_prefix \"see-\" { policy = \"read\" } event \"deploy\" { policy = \"write\" }"#

  /// A registry that denies by default, and the secret of a token with the rules above.
  func ruled() async throws -> (api: LiveAPI, secret: String) {
    let api = try await LiveAPI.start(managementToken: Self.management)
    let policy = try await api.put(
      "/v1/acl/policy", #"{"Name":"p","Rules":"\#(Self.rules)"}"#, token: Self.management)
    #expect(policy.status == 200)
    let token = try await api.put(
      "/v1/acl/token", #"{"Description":"holder","Policies":[{"Name":"p"}]}"#, token: Self.management)
    return (api, try #require(try token.string("SecretID")))
  }

  @Test func withoutRulesThereIsNoAccessControl() async throws {
    let api = try await LiveAPI.start()
    for target in ["/v1/acl/tokens", "/v1/acl/policies", "/v1/acl/token/self"] {
      let reply = try await api.get(target)
      #expect(reply.status == 401)
      #expect(reply.text == "ACL support disabled")
    }
    #expect(try await api.get("/v1/kv/any?token=unknown").status == 404)
  }

  @Test func aTokenIsShownInThreeWays() async throws {
    let (api, secret) = try await ruled()
    try await api.put("/v1/kv/shown/a", "1", token: Self.management)
    #expect(try await api.get("/v1/kv/shown/a").status == 403)
    #expect(try await api.get("/v1/kv/shown/a", fields: ["x-consul-token": secret]).status == 200)
    #expect(try await api.get("/v1/kv/shown/a", fields: ["authorization": "Bearer \(secret)"]).status == 200)
    #expect(try await api.get("/v1/kv/shown/a?token=\(secret)").status == 200)
    let unknown = try await api.get("/v1/kv/shown/a?token=11111111-2222-3333-4444-555555555555")
    #expect(unknown.status == 403)
    #expect(unknown.text == "ACL not found")
  }

  @Test func writesNeedTheirPermission() async throws {
    let (api, secret) = try await ruled()
    #expect(try await api.put("/v1/kv/mine/a", "1", token: secret).text == "true")
    #expect(try await api.put("/v1/kv/shown/a", "1", token: secret).status == 403)
    #expect(try await api.put("/v1/agent/service/register", #"{"Name":"web"}"#, token: secret).status == 200)
    let refused = try await api.put("/v1/agent/service/register", #"{"Name":"secret"}"#, token: secret)
    #expect(refused.status == 403)
    #expect(try await api.put("/v1/agent/service/deregister/web").status == 403)
    #expect(try await api.put("/v1/agent/service/deregister/web", token: secret).status == 200)
    #expect(try await api.put("/v1/event/fire/deploy", token: secret).status == 200)
    #expect(try await api.put("/v1/event/fire/other", token: secret).status == 403)
    #expect(try await api.put("/v1/session/create", token: secret).status == 403)
    #expect(try await api.put("/v1/agent/maintenance?enable=true", token: secret).status == 403)
    let transaction = #"[{"KV":{"Verb":"set","Key":"hidden","Value":"MQ=="}}]"#
    #expect(try await api.put("/v1/txn", transaction, token: secret).status == 409)
  }

  @Test func readsShowOnlyWhatMayBeSeen() async throws {
    let (api, secret) = try await ruled()
    for name in ["see-this", "hidden"] {
      try await api.put("/v1/agent/service/register", #"{"Name":"\#(name)"}"#, token: Self.management)
    }
    let token: HTTPFields = ["x-consul-token": secret]
    #expect(try await api.get("/v1/catalog/services", fields: token).text == #"{"see-this":[]}"#)
    #expect(try await api.get("/v1/catalog/services").text == "{}")
    #expect(try await api.get("/v1/catalog/nodes", fields: token).text == "[]")
    #expect(try await api.get("/v1/agent/services", fields: token).count() == 1)
    #expect(try await api.get("/v1/agent/self", fields: token).status == 403)
    // Asked again by somebody else, the answer is another one.
    let all = try await api.get("/v1/catalog/services?token=\(Self.management)")
    #expect(try all.count() == 3)
  }

  @Test func secretsAreToldOnlyToThoseWhoHaveThem() async throws {
    let (api, secret) = try await ruled()
    let own = try await api.get("/v1/acl/token/self?token=\(secret)")
    #expect(try own.string("SecretID") == secret)
    let accessor = try #require(try own.string("AccessorID"))
    let told = try await api.get("/v1/acl/token/\(accessor)?token=\(Self.management)")
    #expect(try told.string("Description") == "holder")
    #expect(try told.string("SecretID") == nil)
    #expect(try await api.get("/v1/acl/tokens?token=\(secret)").status == 403)
  }

  @Test func tokensAndPoliciesHaveALife() async throws {
    let (api, secret) = try await ruled()
    let token = Self.management
    let accessor = try #require(try await api.get("/v1/acl/token/self?token=\(secret)").string("AccessorID"))
    let copy = try await api.put("/v1/acl/token/\(accessor)/clone", #"{"Description":"copy"}"#, token: token)
    #expect(try copy.string("Policies.0.Name") == "p")
    let renamed = try await api.put("/v1/acl/token/\(accessor)", #"{"Description":"renamed"}"#, token: token)
    #expect(try renamed.string("Description") == "renamed")
    #expect(try await api.delete("/v1/acl/token/\(accessor)?token=\(token)").text == "true")
    #expect(try await api.get("/v1/kv/mine/a?token=\(secret)").status == 403)
    #expect(try await api.get("/v1/acl/policy/name/p?token=\(token)").string("Name") == "p")
    #expect(try await api.get("/v1/acl/policies?token=\(token)").count() == 2)
    #expect(
      try await api.put("/v1/acl/token", #"{"Policies":[{"Name":"nobody"}]}"#, token: token).status == 400)
    #expect(try await api.put("/v1/acl/bootstrap").status == 403)
    let nowhere = "00000000-0000-0000-0000-0000000000ff"
    #expect(try await api.get("/v1/acl/policy/\(nowhere)?token=\(token)").status == 404)
    #expect(try await api.get("/v1/acl/policy/no-uuid?token=\(token)").status == 400)
  }

  @Test func accessorsKeepTheirCase() async throws {
    let (api, _) = try await ruled()
    let accessor = "00000000-DEAD-BEEF-0000-000000000000"
    let body = #"{"AccessorID":"\#(accessor)","ServiceIdentities":[{"ServiceName":"web"}]}"#
    let created = try await api.put("/v1/acl/token", body, token: Self.management)
    #expect(try created.string("AccessorID") == accessor)
    #expect(try created.string("ServiceIdentities.0.Datacenters.0") == "dc1")
    let read = try await api.get("/v1/acl/token/\(accessor)?token=\(Self.management)")
    #expect(try read.string("AccessorID") == accessor)
    #expect(try await api.delete("/v1/acl/token/\(accessor)?token=\(Self.management)").text == "true")
    #expect(try await api.get("/v1/acl/token/\(accessor)?token=\(Self.management)").status == 403)
  }

  @Test func identitiesOfOtherDatacentersAreToldAndGiveNothingHere() async throws {
    let (api, _) = try await ruled()
    let body =
      #"{"Local":true,"NodeIdentities":[{"NodeName":"n","Datacenter":"dc2"}],"ServiceIdentities":[{"ServiceName":"web","Datacenters":["dc2"]}]}"#
    let created = try await api.put("/v1/acl/token", body, token: Self.management)
    #expect(try created.value("Local") == .bool(true))
    #expect(try created.string("NodeIdentities.0.Datacenter") == "dc2")
    #expect(try created.string("ServiceIdentities.0.Datacenters.0") == "dc2")
    let secret = try #require(try created.string("SecretID"))
    #expect(try await api.put("/v1/agent/service/register", #"{"Name":"web"}"#, token: secret).status == 403)
    let accessor = try #require(try created.string("AccessorID"))
    let here = #"{"ServiceIdentities":[{"ServiceName":"web","Datacenters":["dc1","dc2"]}]}"#
    let updated = try await api.put("/v1/acl/token/\(accessor)", here, token: Self.management)
    #expect(try updated.value("NodeIdentities") == nil)
    #expect(try await api.put("/v1/agent/service/register", #"{"Name":"web"}"#, token: secret).status == 200)
  }

  @Test func theAnonymousTokenIsTheLastOfTheList() async throws {
    let (api, _) = try await ruled()
    let list = try await api.get("/v1/acl/tokens?token=\(Self.management)")
    let count = try #require(try list.count())
    #expect(try list.string("\(count - 1).AccessorID") == "00000000-0000-0000-0000-000000000002")
  }

  @Test(arguments: [
    "/v1/acl/role", "/v1/acl/role/name/x", "/v1/acl/auth-method", "/v1/acl/binding-rule", "/v1/acl/login",
  ])
  func whoeverWantsRolesOrToLogInIsToldThatThereIsNoSuchThing(path: String) async throws {
    let (api, _) = try await ruled()
    let reply = try await api.put(path, "{}", token: Self.management)
    #expect(reply.status == 501)
    #expect(reply.text.contains("This registry has no") || reply.text.contains("Nobody logs in"))
  }
}
