import Testing
import WeftProtobuf
import WeftRPC

@testable import WeftGateway

@Suite("Live routes")
struct RouteWatcherTests {
  private func file(_ package: String, get path: String) -> [UInt8] {
    TestFile(
      name: "\(package).proto", package: package, messages: [("Request", []), ("Response", [])],
      methods: [TestFile.Method(name: "Get", rules: [HTTPRule(verb: "GET", path: path)])]
    ).set()
  }

  @Test("come with a service, stay while one instance is there, and go with the last")
  func comeAndGo() async throws {
    try await TestGateway.run { gateway in
      try await gateway.withBackend(EchoService()) { port in
        gateway.register([:], sets: [:])
        await gateway.server.waitUntilRouted()
        let before = try await gateway.client.get("/v1/echo/x")
        #expect(before.status == 404)
        let set = try Everything.set()
        gateway.register(["echo": [port]], sets: ["echo": set])
        try await gateway.waitForRoute("GET /v1/echo")
        let during = try await gateway.client.get("/v1/echo/x")
        #expect(during.status == 200)
        gateway.register([:], sets: ["echo": set])
        try await gateway.waitForRoute("GET /v1/echo", toBe: false)
        let after = try await gateway.client.get("/v1/echo/x")
        #expect(after.status == 404)
      }
    }
  }

  @Test("are shared by the instances of a service")
  func instances() async throws {
    try await TestGateway.run { gateway in
      try await gateway.withBackend(EchoService(name: "one")) { first in
        try await gateway.withBackend(EchoService(name: "two")) { second in
          gateway.register(["echo": [first, second]], sets: ["echo": try Everything.set()])
          try await gateway.waitForRoute("GET /v1/echo")
          var seen: Set<String> = []
          while seen.count < 2 {
            let body = try await gateway.client.post("/test.everything.v1.EchoService/Plain", "{}").body
            for name in ["one", "two"] where body.contains(name) { seen.insert(name) }
          }
        }
      }
    }
  }

  @Test("of a service with a hostile descriptor set are left out, and nothing else")
  func quarantine() async throws {
    try await TestGateway.run { gateway in
      let broken = Array(file("bad", get: "/v1/bad").dropLast(3))
      gateway.register(
        ["good": [1], "bad": [2], "junk": [3]],
        sets: ["good": file("good", get: "/v1/good"), "bad": broken, "junk": [0xFF, 0xFF, 0xFF]])
      try await gateway.waitForRoute("GET /v1/good")
      try await gateway.waitForListing {
        $0.contains(#""quarantined":[{"service":"bad""#) && $0.contains(#"{"service":"junk""#)
      }
      let bad = try await gateway.client.get("/v1/bad")
      #expect(bad.status == 404)
      let envelope = try await gateway.client.post("/api/v1/ai", #"{"service_type":"bad","action":"get"}"#)
      #expect(envelope.status == 503 && envelope.body.contains("types cannot be used"), "\(envelope.body)")
    }
  }

  @Test("that two services claim stay with the one that came first")
  func conflict() async throws {
    try await TestGateway.run { gateway in
      let old = file("old", get: "/v1/{id=**}")
      gateway.register(["zz-old": [1]], sets: ["zz-old": old])
      try await gateway.waitForRoute("GET /v1/{id=**}", toBe: false)
      gateway.register(["zz-old": [1]], sets: ["zz-old": file("old", get: "/v1/thing")])
      try await gateway.waitForRoute("GET /v1/thing")
      gateway.register(
        ["zz-old": [1], "aa-new": [2]],
        sets: ["zz-old": file("old", get: "/v1/thing"), "aa-new": file("new", get: "/v1/thing")])
      try await gateway.waitForListing { $0.contains(#""conflicts":[{"service":"aa-new","#) }
      let listing = try await gateway.client.get("/debug/routes").body
      #expect(listing.contains(#"{"verb":"GET","path":"/v1/thing","service":"zz-old""#), "\(listing)")
      let metrics = try await gateway.client.get("/metrics").body
      #expect(metrics.contains("weft_gateway_route_problems{kind=\"conflict\"}"))
    }
  }

  @Test("belong, after a restart, to the oldest registration, also when another's types come first")
  func conflictAfterRestart() async throws {
    try await TestGateway.run { gateway in
      let services = ["zz-old": [1], "aa-new": [2]]
      let sets = ["zz-old": file("old", get: "/v1/thing"), "aa-new": file("new", get: "/v1/thing")]
      let created: [String: UInt64] = ["zz-old": 1, "aa-new": 2]
      gateway.register(services, sets: sets, created: created, withheld: "zz-old")
      try await gateway.waitForListing { $0.contains(#""path":"/v1/thing","service":"aa-new""#) }
      gateway.register(services, sets: sets, created: created)
      try await gateway.waitForListing { $0.contains(#""path":"/v1/thing","service":"zz-old""#) }
    }
  }

  @Test("are there when waiting for them ends")
  func waitUntilRouted() async throws {
    try await TestGateway.run { gateway in
      gateway.register(["a": [1]], sets: ["a": file("a", get: "/v1/first")])
      await gateway.server.waitUntilRouted()
      let listing = try await gateway.client.get("/debug/routes").body
      #expect(listing.contains("/v1/first"))
    }
  }

  @Test("of an older set stay while an instance has it, and go with the last")
  func severalSets() async throws {
    try await TestGateway.run { gateway in
      let old = file("a", get: "/v1/old")
      gateway.register(["a": [1]], sets: ["a": old])
      try await gateway.waitForRoute("GET /v1/old")
      gateway.register(["a": [1, 2]], sets: ["a": old, "a:2": file("stray", get: "/v1/new")])
      try await gateway.waitForRoute("GET /v1/new")
      let listing = try await gateway.client.get("/debug/routes").body
      #expect(
        listing.contains("/v1/old") && listing.contains(#""actions":{"a":["get","get"]}"#), "\(listing)")
      #expect(listing.contains(#""conflicts":[],"bad_routes":[]"#), "\(listing)")
      gateway.register(["a": [2]], sets: ["a:2": file("stray", get: "/v1/new")])
      try await gateway.waitForRoute("GET /v1/old", toBe: false)
    }
  }

  @Test("stay as they were while newer types are on their way, or when those are broken")
  func upgrade() async throws {
    try await TestGateway.run { gateway in
      gateway.register(["a": [1]], sets: ["a": file("a", get: "/v1/old")])
      try await gateway.waitForRoute("GET /v1/old")
      gateway.register(["a": [1]], sets: ["a": file("a", get: "/v1/new")])
      try await gateway.waitForRoute("GET /v1/new")
      let listing = try await gateway.client.get("/debug/routes").body
      #expect(!listing.contains("/v1/old"))
    }
  }
}
