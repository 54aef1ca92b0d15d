import Synchronization
import Testing
import WeftRPC

@testable import WeftGateway

private final class SpanList: SpanSink {
  private let all = Mutex<[TraceSpan]>([])
  var spans: [TraceSpan] { all.withLock { $0 } }
  func record(_ span: TraceSpan) { all.withLock { $0.append(span) } }
}

@Suite("What a gateway tells of itself")
struct GatewayVitalsTests {
  static let trace = "0af7651916cd43dd8448eb211c80319c"
  static let parent = "00-\(trace)-b7ad6b7169203331-01"

  @Test("a request is a part of its client's trace, and the call a part of the request")
  func traces() async throws {
    let spans = SpanList()
    try await TestGateway.withEcho({ $0.tracing = Tracing(sink: spans) }) { client in
      let answer = try await client.get("/v1/metadata", headers: ["Traceparent": Self.parent])
      let request = try #require(spans.spans.first { $0.kind == .server })
      let call = try #require(spans.spans.first { $0.kind == .client })
      #expect(spans.spans.count == 2)
      #expect(request.name == "HTTP GET")
      #expect(request.context.traceID.description == Self.trace)
      #expect(request.parentSpanID == 0xb7ad_6b71_6920_3331)
      #expect(call.parentSpanID == request.context.spanID)
      #expect(call.name == "test.everything.v1.EchoService/ShowMetadata")
      #expect(answer.body.contains("traceparent: \(call.context.traceparent)"))
      let status = request.attributes.first { $0.key == "http.response.status_code" }
      #expect(status?.value == .int(200))
    }
  }

  @Test("a trace that is none goes no further", arguments: ["nonsense", "00-1-2-03", parent + "x"])
  func brokenTraces(text: String) async throws {
    try await TestGateway.withEcho { client in
      let answer = try await client.get("/v1/metadata", headers: ["Traceparent": text])
      #expect(answer.status == 200)
      #expect(!answer.body.contains("traceparent"))
    }
  }

  @Test("the debug page shows requests that failed, with their trace")
  func debug() async throws {
    let recent = RecentCalls()
    let configure = { (configuration: inout GatewayConfiguration) in
      configuration.recentCalls = recent
      configuration.slowRequest = .seconds(3_600)
    }
    try await TestGateway.withEcho(configure) { client in
      let failed = try await client.get(
        "/v1/fail/13", headers: ["Traceparent": Self.parent, "X-Request-ID": "gateway-13"])
      #expect(failed.status == 500)
      let mistaken = try await client.get("/v1/fail/5", headers: ["X-Request-ID": "gateway-5"])
      #expect(mistaken.status == 404)
      let page = try await client.get("/debug")
      #expect(page.status == 200)
      #expect(page.body.contains("\"gateway-13\"") && page.body.contains(Self.trace))
      #expect(page.body.contains("\"GET /v1/fail/13\""))
      #expect(
        !page.body.contains("\"GET /v1/fail/5\""), "a client's own mistake is no failure of the gateway")
    }
  }

  @Test("the debug page is not for those behind a proxy, and can be off")
  func debugAccess() async throws {
    try await TestGateway.withEcho { client in
      let forwarded = try await client.get("/debug", headers: ["X-Forwarded-For": "192.0.2.1"])
      #expect(forwarded.status == 403)
      let posted = try await client.post("/debug", "{}")
      #expect(posted.status == 405)
    }
    try await TestGateway.withEcho({ $0.debug = .off }) { client in
      let page = try await client.get("/debug")
      #expect(page.status == 404)
    }
  }
}
