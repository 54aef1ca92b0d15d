import Testing

@testable import WeftConsul

@Suite struct KeyValueTests {
  @Test func aKeyIsPutReadAndDeleted() async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.get("/v1/kv/a/b").status == 404)
    #expect(try await api.put("/v1/kv/a/b?flags=42", "hello").text == "true")
    let reply = try await api.get("/v1/kv/a%2Fb")
    #expect(try reply.string("0.Value") == "aGVsbG8=")
    #expect(try reply.value("0.Flags") == .number("42"))
    #expect(try reply.value("0.ModifyIndex") == .number(String(reply.index)))
    #expect(try await api.get("/v1/kv/a/b?raw").text == "hello")
    #expect(try await api.delete("/v1/kv/a/b").text == "true")
    let gone = try await api.get("/v1/kv/a/b")
    #expect(gone.status == 404)
    #expect(gone.index > reply.index)
    #expect(gone.fields["x-consul-knownleader"] == "true")
  }

  @Test func anEmptyValueIsNull() async throws {
    let api = try await LiveAPI.start()
    try await api.put("/v1/kv/empty")
    #expect(try await api.get("/v1/kv/empty").value("0.Value") == .null)
  }

  @Test func keysAreListedByPrefix() async throws {
    let api = try await LiveAPI.start()
    for key in ["p/a", "p/b/c", "p/b/d", "q"] { try await api.put("/v1/kv/\(key)", "x") }
    #expect(try await api.get("/v1/kv/p/?recurse").count() == 3)
    #expect(try await api.get("/v1/kv/p/?recurse=false").status == 404)
    #expect(try await api.get("/v1/kv/p/?keys&separator=/").text == #"["p/a","p/b/"]"#)
    #expect(try await api.get("/v1/kv/?recurse").count() == 4)
    #expect(try await api.get("/v1/kv/none?recurse").status == 404)
    #expect(try await api.delete("/v1/kv/p?recurse").text == "true")
    #expect(try await api.get("/v1/kv/?keys").text == #"["q"]"#)
  }

  @Test func compareAndSetTakesOnlyTheRightIndex() async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.put("/v1/kv/k?cas=7", "x").text == "false")
    #expect(try await api.put("/v1/kv/k?cas=0", "x").text == "true")
    let index = try await api.get("/v1/kv/k").index
    #expect(try await api.put("/v1/kv/k?cas=\(index)", "y").text == "true")
    #expect(try await api.delete("/v1/kv/k?cas=\(index)").text == "false")
  }

  @Test(arguments: [
    ("PUT", "/v1/kv/", 400), ("GET", "/v1/kv/", 400), ("PUT", "/v1/kv/k?flags=many", 400),
    ("PUT", "/v1/kv/k?cas=many", 400), ("PUT", "/v1/kv/k?cas=1&acquire=x", 400),
    ("DELETE", "/v1/kv/k?recurse&cas=1", 400), ("PUT", "/v1/kv/k?acquire=", 400), ("POST", "/v1/kv/k", 405),
    ("PUT", "/v1/kv//k", 301),
  ])
  func badRequestsAreRefused(method: String, target: String, status: Int) async throws {
    let api = try await LiveAPI.start()
    #expect(try await api.ask(method, target, "x").status == status)
  }

  @Test func aBlockingReadWakesWithItsKeyOnly() async throws {
    let api = try await LiveAPI.start()
    try await api.put("/v1/kv/k", "1")
    let before = try await api.get("/v1/kv/k")
    try await api.put("/v1/kv/other", "1")
    #expect(try await api.get("/v1/kv/k?index=\(before.index)&wait=10ms").index == before.index)
    async let waiting = api.get("/v1/kv/k?index=\(before.index)&wait=60s")
    try await api.put("/v1/kv/k", "2")
    let reply = try await waiting
    #expect(try reply.string("0.Value") == "Mg==")
  }
}
