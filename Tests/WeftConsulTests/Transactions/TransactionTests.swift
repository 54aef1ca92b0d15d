import Testing

@testable import WeftConsul

@Suite struct TransactionTests {
  @Test func allOrNothing() async throws {
    let api = try await LiveAPI.start()
    let done = try await api.put(
      "/v1/txn",
      #"[{"KV":{"Verb":"set","Key":"a","Value":"MQ=="}},{"kv":{"verb":"get","key":"a"}}]"#)
    #expect(done.status == 200)
    #expect(try done.value("Results.0.KV.Value") == .null)
    #expect(try done.string("Results.1.KV.Value") == "MQ==")
    #expect(try done.value("Errors") == .null)
    let failed = try await api.put(
      "/v1/txn",
      #"[{"KV":{"Verb":"set","Key":"b","Value":"MQ=="}},{"KV":{"Verb":"get","Key":"none"}}]"#)
    #expect(failed.status == 409)
    #expect(try failed.value("Results") == .null)
    #expect(try failed.value("Errors.0.OpIndex") == .number("1"))
    #expect(try await api.get("/v1/kv/b").status == 404)
  }

  @Test func theCatalogueChangesWithIt() async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put(
      "/v1/txn",
      #"[{"Node":{"Verb":"set","Node":{"Node":"tn","Address":"192.0.2.1"}}},{"Service":{"Verb":"set","Node":"tn","Service":{"ID":"s1","Service":"s","Port":1}}},{"Check":{"Verb":"set","Check":{"Node":"tn","CheckID":"c","Name":"c","Status":"passing","ServiceID":"s1"}}}]"#
    )
    #expect(reply.status == 200)
    #expect(try await api.get("/v1/health/service/s?passing").string("0.Checks.0.CheckID") == "c")
    let read = try await api.put(
      "/v1/txn",
      #"[{"Node":{"Verb":"get","Node":{"Node":"tn"}}},{"Service":{"Verb":"get","Node":"tn","Service":{"ID":"s1"}}}]"#
    )
    #expect(try read.string("Results.0.Node.Address") == "192.0.2.1")
    #expect(try read.string("Results.1.Service.ID") == "s1")
    #expect(try await api.put("/v1/txn", #"[{"Node":{"Verb":"delete","Node":{"Node":"tn"}}}]"#).status == 200)
    #expect(try await api.get("/v1/catalog/node/tn").text == "null")
  }

  @Test(arguments: [
    ("", 400, "Failed to parse body: EOF"), ("{", 400, "Failed to parse body: unexpected EOF"),
    (
      #"[{"KV":{"Verb":"explode","Key":"k"}}]"#, 409, #"{"OpIndex":0,"What":"unknown KV verb \"explode\""}"#
    ),
    (#"[{"KV":{"Verb":"set","Key":""}}]"#, 409, "Must provide key"),
    (#"[{"KV":{"Verb":"set","Key":"k","Value":"not base64"}}]"#, 400, "illegal base64 data"),
    ("[{}]", 200, #""Results":[]"#), ("[]", 200, #""Errors":null"#),
  ])
  func badOnesAreRefused(body: String, status: Int, text: String) async throws {
    let api = try await LiveAPI.start()
    let reply = try await api.put("/v1/txn", body)
    #expect(reply.status == status)
    #expect(reply.text.contains(text))
  }

  @Test func sixtyFourOperationsAreTheMost() async throws {
    let api = try await LiveAPI.start()
    let operation = #"{"KV":{"Verb":"check-not-exists","Key":"k"}}"#
    func body(_ count: Int) -> String {
      "[" + Array(repeating: operation, count: count).joined(separator: ",") + "]"
    }
    #expect(try await api.put("/v1/txn", body(64)).status == 200)
    #expect(try await api.put("/v1/txn", body(65)).status == 413)
  }
}
