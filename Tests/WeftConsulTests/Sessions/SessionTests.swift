import Testing

@testable import WeftConsul

@Suite struct SessionTests {
  func create(_ api: LiveAPI, _ body: String = "{}") async throws -> String {
    try await api.put("/v1/session/create", body).string("ID") ?? ""
  }

  @Test func aSessionHasALife() async throws {
    let api = try await LiveAPI.start()
    let id = try await create(api, #"{"Name":"n","TTL":"20s","Behavior":"delete","LockDelay":5}"#)
    let info = try await api.get("/v1/session/info/\(id)")
    #expect(try info.string("0.TTL") == "20s")
    #expect(try info.value("0.LockDelay") == .number("5000000000"))
    #expect(try info.value("0.NodeChecks") == .array([.string("serfHealth")]))
    #expect(try await api.get("/v1/session/list").count() == 1)
    #expect(try await api.get("/v1/session/node/weft").count() == 1)
    #expect(try await api.get("/v1/session/node/nobody").text == "[]")
    #expect(try await api.put("/v1/session/renew/\(id)").string("0.ID") == id)
    #expect(try await api.put("/v1/session/destroy/\(id)").text == "true")
    #expect(try await api.put("/v1/session/renew/\(id)").status == 404)
    #expect(try await api.get("/v1/session/info/\(id)").text == "[]")
  }

  @Test(arguments: ["info/no-uuid", "node/", "info/11111111-1111-1111-1111-11111111111g"])
  func whatCannotBeTheNameOfASessionIsRefused(path: String) async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.get("/v1/session/\(path)").status == 400)
  }

  @Test(arguments: ["destroy/no-uuid", "renew/no-uuid"])
  func noSessionEndsOrGoesOnByAMalformedID(path: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put("/v1/session/\(path)")
    #expect(reply.status == 400)
    #expect(reply.text.contains("no-uuid"))
  }

  @Test(arguments: [("15", "15s"), ("20000000000", "20s"), ("\"1m0s\"", "1m0s"), ("0", "")])
  func aTTLMayBeANumber(value: String, ttl: String) async throws {
    let api = try await LiveAPI.start()
    let id = try await create(api, "{\"TTL\":\(value)}")
    #expect(try await api.get("/v1/session/info/\(id)").string("0.TTL") == ttl)
  }

  @Test(arguments: [
    ("{}", 1), (#"{"Checks":[]}"#, 0), (#"{"NodeChecks":[]}"#, 0), (#"{"NodeChecks":["serfHealth"]}"#, 1),
  ])
  func aSessionDependsOnItsNodeUnlessToldOtherwise(body: String, count: Int) async throws {
    let api = try await LiveAPI.start()
    let id = try await create(api, body)
    #expect(try await api.get("/v1/session/info/\(id)").count("0.NodeChecks") == count)
  }

  @Test(arguments: ["1s", "25h", "9223372036854775807ns", "-1s"])
  func aTimeToLiveOutsideOfItsLimitsIsRefused(ttl: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put("/v1/session/create", #"{"TTL":"\#(ttl)"}"#)
    #expect(reply.status == 400 && reply.text.contains("Invalid Session TTL"))
  }

  @Test func aLockIsHeldByOneSession() async throws {
    let api = try await LiveAPI.start()
    let one = try await create(api, #"{"LockDelay":"0s"}"#)
    let two = try await create(api)
    #expect(try await api.put("/v1/kv/lock?acquire=\(one)", "1").text == "true")
    #expect(try await api.put("/v1/kv/lock?acquire=\(two)", "2").text == "false")
    #expect(try await api.get("/v1/kv/lock").string("0.Session") == one)
    #expect(try await api.put("/v1/kv/lock?release=\(two)", "2").text == "false")
    try await api.put("/v1/session/destroy/\(one)")
    #expect(try await api.get("/v1/kv/lock").string("0.Session") == nil)
    #expect(try await api.put("/v1/kv/lock?acquire=\(two)", "2").text == "true")
    #expect(try await api.put("/v1/kv/lock?acquire=\(one)", "1").status == 400)
  }

  @Test(arguments: [
    (#"{"TTL":"1s"}"#, "Invalid Session TTL '1000000000', must be between [10s=24h0m0s]"),
    (#"{"TTL":5}"#, "Invalid Session TTL '5000000000', must be between [10s=24h0m0s]"),
    (#"{"TTL":"soon"}"#, "Session TTL 'soon' invalid: time: invalid duration \"soon\""),
    (#"{"Behavior":"explode"}"#, "Invalid Behavior setting 'explode'"),
  ])
  func badSettingsAreRefusedInConsulsWords(body: String, message: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put("/v1/session/create", body)
    #expect(reply.status == 400)
    #expect(reply.text == message)
  }

  @Test(arguments: [#"{"Node":"n2"}"#, #"{"Checks":["nobody"]}"#])
  func aSessionOfWhatIsNotThereIsRefused(body: String) async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.put("/v1/session/create", body).status == 400)
  }
}
