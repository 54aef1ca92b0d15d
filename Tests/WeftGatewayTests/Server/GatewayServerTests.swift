import NIOHTTP1
import Testing
import WeftRPC

@testable import WeftGateway

@Suite("The gateway")
struct GatewayServerTests {
  @Test("carries JSON to a service and back")
  func unary() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.post(
        "/v1/echo", #"{"text":"你好","innerList":[{"number":1}]}"#,
        headers: ["content-type": "application/json"])
      #expect(answer.status == 200)
      #expect(answer.headers.first(name: "content-type") == "application/json")
      #expect(answer.headers.first(name: "x-service-name") == "echo")
      #expect(answer.body.hasPrefix(#"{"text":"你好","count":0"#), "\(answer.body)")
      #expect(answer.body.contains(#""innerList":[{"text":"","number":1}]"#))
    }
  }

  @Test("takes JSON that has no content type, or the one that curl gives it")
  func contentTypes() async throws {
    try await TestGateway.withEcho { client in
      for type in [nil, "application/x-www-form-urlencoded", "application/json; charset=utf-8"] {
        let headers = type.map { HTTPHeaders([("content-type", $0)]) } ?? [:]
        let status = try await client.post("/v1/echo", #"{"count":1}"#, headers: headers).status
        #expect(status == 200)
      }
      let form: HTTPHeaders = ["content-type": "application/x-www-form-urlencoded"]
      let formStatus = try await client.post("/v1/echo", "count=1", headers: form).status
      #expect(formStatus == 415)
      let null = try await client.send("PUT", "/v1/echo/x", headers: form, body: "null")
      #expect(null.status == 400 && null.body.contains("must be a JSON object"), "\(null.body)")
      let xmlStatus = try await client.post("/v1/echo", "<a/>", headers: ["content-type": "text/xml"]).status
      #expect(xmlStatus == 415)
      let page: HTTPHeaders = [
        "content-type": "application/x-www-form-urlencoded", "origin": "http://evil.example",
      ]
      let pageStatus = try await client.post("/v1/echo", "{}", headers: page).status
      #expect(pageStatus == 415)
    }
  }

  @Test("tells unknown paths, wrong methods and bad paths apart")
  func notRouted() async throws {
    try await TestGateway.withEcho { client in
      let unknown = try await client.get("/v1/nothing/here")
      #expect(unknown.status == 404)
      #expect(unknown.body == #"{"code":5,"message":"no route for GET /v1/nothing/here","details":[]}"#)
      let wrong = try await client.send("DELETE", "/v1/echo")
      #expect(wrong.status == 405 && wrong.headers.first(name: "allow") == "GET, POST")
      let bad = try await client.get("/v1/echo/%zz")
      #expect(bad.status == 400 && bad.body.contains("%zz"), "\(bad.body)")
      let slash = try await client.get("/v1/echo/a%2Fb")
      #expect(slash.body.contains(#""text":"a/b""#))
      let twoSegments = try await client.get("/v1/echo/a/b").status
      #expect(twoSegments == 404)
      for target in ["http://any.host/v1/echo/x", "http://any.host:80?"] {
        let absolute = try await client.get(target)
        #expect(absolute.status == (target.hasSuffix("?") ? 404 : 200))
      }
      let options = try await client.send("OPTIONS", "/v1/echo")
      #expect(options.status == 204 && options.headers.first(name: "allow") == "GET, POST")
      let head = try await client.send("HEAD", "/v1/echo/x")
      #expect(head.status == 200 && head.body.isEmpty)
    }
  }

  @Test("gives each request an identifier and passes good ones on")
  func requestIDs() async throws {
    try await TestGateway.withEcho { client in
      let own = try await client.get("/v1/metadata", headers: ["X-Request-ID": "mine-1"])
      #expect(own.headers.first(name: "x-request-id") == "mine-1")
      #expect(own.body.contains("x-request-id: mine-1"), "\(own.body)")
      let made = try await client.get("/v1/metadata", headers: ["X-Request-ID": "not good"])
      let id = try #require(made.headers.first(name: "x-request-id"))
      #expect(id.utf8.count == 32 && made.body.contains("x-request-id: \(id)"))
    }
  }

  @Test("forwards the header fields that it should, and no others")
  func metadata() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.get(
        "/v1/metadata",
        headers: [
          "Authorization": "Bearer t",
          "Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "Grpc-Metadata-Tenant": "acme",
          "Grpc-Metadata-Key-Bin": "AQI=", "X-Weft-Author": "root", "X-Other": "no", "Cookie": "no",
        ])
      for line in [
        "authorization: Bearer t", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tenant: acme",
        "x-weft-author: anonymous@127.0.0.1",
        "x-forwarded-for: 127.0.0.1",
      ] {
        #expect(answer.body.contains("\"\(line)\""), "\(line) in \(answer.body)")
      }
      #expect(answer.body.contains("\"key-bin: AQI"))
      for secret in ["root", "x-other", "cookie"] { #expect(!answer.body.contains(secret)) }
      for (name, value) in [
        ("Grpc-Metadata-X-Weft-Author", "root"), ("Grpc-Metadata-Grpc-Timeout", "1S"),
        ("Grpc-Metadata-A b", "x"),
        ("Grpc-Metadata-K-Bin", "*"), ("grpc-timeout", "soon"), ("x-request-timeout", "1m"),
      ] where !name.contains(" ") {
        let refused = try await client.get("/v1/metadata", headers: [name: value])
        #expect(refused.status == 400 && refused.body.contains(name.lowercased()), "\(refused.body)")
      }
      let plain = try await client.post("/test.everything.v1.EchoService/Plain", "{}")
      #expect(plain.headers.first(name: "grpc-metadata-x-echo") == "seen")
    }
  }

  @Test("shows a service's error with its HTTP status, text and details")
  func serviceErrors() async throws {
    try await TestGateway.withEcho { client in
      for (code, status) in [(3, 400), (5, 404), (8, 429), (10, 409), (13, 500), (16, 401)] {
        let answer = try await client.get("/v1/fail/\(code)")
        #expect(answer.status == status)
        #expect(
          answer.body == #"{"code":\#(code),"message":"as you like: 如你所愿","details":["#
            + #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"TEST"}]}"#, "\(answer.body)")
      }
    }
  }

  @Test("refuses a body that is too large, and serves the next request")
  func largeBody() async throws {
    try await TestGateway.withEcho({ $0.maxBodyBytes = 1_000 }) { client in
      let declared = try await client.post(
        "/v1/echo", #"{"text":"\#(String(repeating: "x", count: 2_000))"}"#)
      #expect(declared.status == 413 && declared.body.contains("1000 bytes"))
      let chunk = "3e8\r\n" + String(repeating: " ", count: 1_000) + "\r\n"
      let chunked = try await client.raw(
        "POST /v1/echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" + chunk + chunk)
      #expect(chunked.hasPrefix("HTTP/1.1 413"), "\(chunked)")
      let next = try await client.post("/v1/echo", "{}").status
      #expect(next == 200)
    }
  }

  @Test("tells a message that is too large for its service from a quota")
  func largeMessage() async throws {
    try await TestGateway.run { gateway in
      try await gateway.withBackend(EchoService(), maxRequestBytes: 4 << 20) { port in
        gateway.register(["echo": [port]], sets: ["echo": try Everything.set()])
        try await gateway.waitForRoute("GET /v1/echo")
        let text = String(repeating: "x", count: 5 << 20)
        let answer = try await gateway.client.post("/v1/echo", #"{"text":"\#(text)"}"#)
        #expect(answer.status == 413 && answer.body.contains("message of 52428"), "\(answer.body)")
      }
    }
  }

  @Test("refuses a body that does not come in time")
  func slowBody() async throws {
    try await TestGateway.withEcho({ $0.bodyTimeout = .milliseconds(50) }) { client in
      let answer = try await client.raw("POST /v1/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{")
      #expect(answer.hasPrefix("HTTP/1.1 408"), "\(answer)")
    }
  }

  @Test("bounds the memory of all bodies together")
  func bodyBudget() async throws {
    try await TestGateway.withEcho({ $0.maxBodyBytesInFlight = 100 }) { client in
      let answer = try await client.post("/v1/echo", String(repeating: " ", count: 200))
      #expect(answer.status == 503 && answer.headers.first(name: "retry-after") == "1")
      for _ in 0..<10 {
        let status = try await client.post("/v1/echo", "{" + String(repeating: " ", count: 90) + "}").status
        #expect(status == 200)
      }
    }
  }

  @Test("refuses ten thousand levels of JSON at once")
  func deepJSON() async throws {
    try await TestGateway.withEcho { client in
      let deep =
        #"{"struct":{"a":"# + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
      let answer = try await client.post("/v1/echo", deep + "}}")
      #expect(answer.status == 400 && answer.body.contains("BadRequest"), "\(answer.body)")
    }
  }

  @Test("carries large bodies, in both directions and several at once")
  func largeJSON() async throws {
    try await TestGateway.withEcho { client in
      let text = String(repeating: "字", count: 200_000)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<6 {
          group.addTask { try await client.post("/v1/echo", #"{"text":"\#(text)"}"#).body.contains(text) }
        }
        for try await whole in group { #expect(whole) }
      }
    }
  }

  @Test("gives up a large answer that its client does not take")
  func stalledClient() async throws {
    try await TestGateway.withEcho({ $0.stallTimeout = .milliseconds(500) }) { client in
      let body = #"{"text":"\#(String(repeating: "x", count: 12 << 20))"}"#
      try await client.open(
        "POST", "/v1/echo", headers: ["content-type": "application/json"], body: body
      ) { head, parts in
        try #require(head.status == .ok)
        // The metrics tell when the gateway has given up, while nothing is read here.
        while try await !client.get("/metrics").body.contains(#"EchoService.Echo",status="499"} "#) {}
      }
    }
  }

  @Test("bounds the memory of all large answers together")
  func answerBudget() async throws {
    try await TestGateway.withEcho({ $0.maxAnswerBytesInFlight = 100_000 }) { client in
      let large = try await client.post("/v1/echo", #"{"text":"\#(String(repeating: "x", count: 200_000))"}"#)
      #expect(large.status == 503 && large.headers.first(name: "x-service-name") == "echo")
      let fits = try await client.post("/v1/echo", #"{"text":"\#(String(repeating: "x", count: 80_000))"}"#)
      #expect(fits.status == 200)
    }
  }

  @Test("ends a call when its time is up")
  func timeout() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.get("/v1/hang/0", headers: ["x-request-timeout": "0.05"])
      #expect(answer.status == 504 && answer.body.contains(#""code":4"#), "\(answer.body)")
    }
  }

  @Test("refuses to stream requests from JSON")
  func clientStreaming() async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.post("/test.everything.v1.EchoService/Collect", "{}")
      #expect(answer.status == 501 && answer.body.contains("Collect"))
    }
  }

  @Test("tells of itself")
  func vitals() async throws {
    try await TestGateway.withEcho { client in
      let health = try await client.get("/health")
      #expect(
        health.status == 200
          && health.body.hasPrefix(#"{"status":"healthy","service":"gateway","timestamp":"20"#))
      let result8 = try await client.post("/health", "").status
      #expect(result8 == 405)
      _ = try await client.get("/v1/echo/x")
      let metrics = try await client.get("/metrics")
      #expect(metrics.body.contains("weft_gateway_requests_total{"), "\(metrics.body)")
      #expect(metrics.body.contains(#"method="test.everything.v1.EchoService.Echo",status="200"} "#))
    }
  }

  @Test("is starting until the registry was heard of")
  func starting() async throws {
    try await TestGateway.run { gateway in
      let before = try await gateway.client.get("/health")
      #expect(before.status == 503 && before.body.contains(#""starting""#))
      let early = try await gateway.client.get("/v1/config/a/b")
      #expect(early.status == 503 && early.body.contains(#""code":14"#), "\(early.body)")
      let envelope = try await gateway.client.post(
        "/api/v1/ai", #"{"service_type":"config","action":"get_config","data":{}}"#)
      #expect(envelope.body.contains("just started"), "\(envelope.body)")
      gateway.register([:], sets: [:])
      while try await gateway.client.get("/health").status != 200 { await Task.yield() }
    }
  }
}
