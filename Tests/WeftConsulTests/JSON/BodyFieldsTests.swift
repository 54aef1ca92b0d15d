import Testing

@testable import WeftConsul

@Suite struct BodyFieldsTests {
  @Test(arguments: [
    ("/v1/agent/service/register", #"{"Name":"a","Chekc":{}}"#, ""),
    ("/v1/agent/service/register", #"{"Name":"a","Check":{"TTL":"9s","Intervall":"1s"}}"#, ""),
    ("/v1/agent/service/register", #"{"Name":"a","Checks":[{"TTL":"9s","x":null}]}"#, ""),
    ("/v1/agent/service/register", #"{"Name":"a","Weights":{"Pasing":1}}"#, " in Weights"),
    ("/v1/agent/service/register", #"{"Name":"a","TaggedAddresses":{"lan":{"Adress":"b"}}}"#, ""),
    ("/v1/agent/check/register", #"{"Name":"a","TTL":"9s","Outptu":""}"#, ""),
    ("/v1/agent/check/update/a", #"{"Status":"passing","Note":""}"#, ""),
    ("/v1/catalog/register", #"{"Node":"a","Address":"b","Meta":{}}"#, ""),
    ("/v1/catalog/register", #"{"Node":"a","Address":"b","Service":{"Service":"c","Name":"d"}}"#, ""),
    ("/v1/catalog/register", #"{"Node":"a","Address":"b","Check":{"Name":"c","TTL":"9s"}}"#, ""),
    ("/v1/catalog/deregister", #"{"Node":"a","Service":"b"}"#, ""),
    ("/v1/txn", #"[{"KVs":{}}]"#, " in [0]"), ("/v1/txn", #"[{"KV":{"Verb":"get","key":"a","flag":1}}]"#, ""),
    ("/v1/txn", #"[{"Node":{"Verb":"get","Node":{"Node":"a","NodeMeta":{}}}}]"#, ""),
    ("/v1/txn", #"[{"Service":{"Verb":"get","Node":"a","Service":{"ID":"b","Name":"c"}}}]"#, ""),
    ("/v1/txn", #"[{"Check":{"Verb":"get","Check":{"Node":"a","CheckID":"b","TTL":"9s"}}}]"#, ""),
  ])
  func whatNoSuchBodyHasIsRefused(path: String, body: String, place: String) async throws {
    let reply = try await LiveAPI.start().put(path, body)
    #expect(reply.status == 400)
    #expect(reply.text.contains("json: unknown field \""))
    #expect(reply.text.hasSuffix(place))
  }

  @Test(arguments: [
    ("/v1/acl/token", #"{"Descripton":"a"}"#), ("/v1/acl/policy", #"{"Name":"a","Rule":""}"#),
  ])
  func alsoInWhatGivesRights(path: String, body: String) async throws {
    let reply = try await LiveAPI.start(managementToken: "s").put(path, body, token: "s")
    #expect(reply.status == 400)
    #expect(reply.text.contains("json: unknown field \""))
  }

  @Test func everySpellingIsKnown() async throws {
    let api = try await LiveAPI.start()
    let bodies = [
      #"{"Name":"a","EnableTagOverride":true}"#, #"{"name":"a","enabletagoverride":true}"#,
      #"{"name":"a","enable_tag_override":true,"tagged_addresses":{"lan":{"address":"b","port":1}}}"#,
      #"{"name":"a","check":{"ttl":"9s","deregister_critical_service_after":"9m","tls_skip_verify":true}}"#,
      #"{"Name":"a","Meta":{"any":"name"},"Check":{"HTTP":"http://a","Interval":"9s","Header":{"x-any":["a"]}}}"#,
    ]
    for body in bodies {
      #expect(try await api.put("/v1/agent/service/register", body).status == 200, "\(body)")
    }
  }

  /// Consul reads these bodies loosely, and so clients send what it does not know.
  @Test func sessionsAreReadLoosely() async throws {
    #expect(try await LiveAPI.start().put("/v1/session/create", #"{"Name":"a","Bogus":1}"#).status == 200)
  }
}
