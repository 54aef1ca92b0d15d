import Synchronization
import Testing

@testable import WeftRPC

/// Keeps the spans it is given.
final class SpanList: SpanSink {
  private let all = Mutex<[TraceSpan]>([])
  var spans: [TraceSpan] { all.withLock { $0 } }
  func record(_ span: TraceSpan) { all.withLock { $0.append(span) } }
}

@Suite struct TracedCallTests {
  static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  private func configuration(_ tracing: Tracing) -> RPCServerConfiguration {
    var configuration = RPCServerConfiguration.plain
    configuration.tracing = tracing
    return configuration
  }

  /// What a server sees that is called with the given metadata.
  private func seen(
    _ metadata: Metadata, _ tracing: Tracing = .inherited, calls: Int = 1
  ) async throws -> [TraceContext?] {
    let seen = Mutex<[TraceContext?]>([])
    let service = EchoService(unary: { request, context in
      seen.withLock { $0.append(context.trace) }
      return request
    })
    try await withEcho(service, configuration: configuration(tracing)) { channel in
      for _ in 0..<calls {
        _ = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(metadata: metadata))
      }
    }
    return seen.withLock { $0 }
  }

  @Test func aCallIsAChildOfTheCallersWork() async throws {
    let trace = try #require(
      try await seen(["traceparent": Self.parent, "tracestate": "a=1"], Tracing(sink: SpanList())).first
        ?? nil)
    #expect(trace.traceID.description == "0af7651916cd43dd8448eb211c80319c")
    #expect(trace.spanText != "b7ad6b7169203331")
    #expect(trace.isSampled)
    #expect(trace.state == "a=1")
  }

  @Test func whoRecordsNothingPassesContextsOnAsTheyAre() async throws {
    let trace = try #require(try await seen(["traceparent": Self.parent]).first ?? nil)
    #expect(trace.traceparent == Self.parent)
  }

  @Test func equalHeadersMakeChildrenOfTheirOwn() async throws {
    // The server does not look twice at a header block that it knows.
    let traces = try await seen(["traceparent": Self.parent], Tracing(sink: SpanList()), calls: 3).compactMap
    { $0 }
    #expect(traces.count == 3)
    #expect(Set(traces.map(\.spanID)).count == 3)
  }

  @Test(arguments: ["", "00-nonsense", parent + "-x"])
  func aBrokenContextIsNoContext(text: String) async throws {
    #expect(try await seen(["traceparent": text]) == [nil])
  }

  @Test func withoutAContextNothingIsTracedUnlessSamplingSaysSo() async throws {
    #expect(try await seen([:]) == [nil])
    let sampled = try await seen([:], Tracing(sampling: 1), calls: 2).compactMap { $0 }
    #expect(Set(sampled.map(\.traceID)).count == 2)
    #expect(!sampled.contains { !$0.isSampled })
  }

  @Test func samplingTakesItsShareOfNewTraces() {
    let tracing = Tracing(sampling: 0.25)
    let taken = (0..<4_000).count { _ in tracing.serverSpan("/a.B/C") != nil }
    #expect((800...1_200).contains(taken), "\(taken) of 4000")
    #expect(Tracing(sampling: 7).sampling == 1)
    #expect(Tracing(sampling: .nan).sampling == 0)
  }

  @Test func whatAHandlerCallsIsPartOfTheSameTrace() async throws {
    let inner = Mutex<TraceContext?>(nil)
    let outer = Mutex<TraceContext?>(nil)
    let far = EchoService(unary: { request, context in
      inner.withLock { $0 = context.trace }
      return request
    })
    let spans = SpanList()
    try await withServer(far) { _, port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        let near = EchoService(unary: { request, context in
          outer.withLock { $0 = context.trace }
          return try await channel.unary(Echo.unary, request)
        })
        try await withEcho(near, configuration: configuration(Tracing(sink: spans))) { near in
          _ = try await near.unary(
            Echo.unary, Text("x"), options: CallOptions(metadata: ["traceparent": Self.parent]))
        }
      }
    }
    let innerTrace = try #require(inner.withLock { $0 })
    let outerTrace = try #require(outer.withLock { $0 })
    #expect(innerTrace.traceID == outerTrace.traceID)

    // The near server recorded its part, and the call that it made; the far one records nothing.
    let server = try #require(spans.spans.first { $0.kind == .server })
    let client = try #require(spans.spans.first { $0.kind == .client })
    #expect(spans.spans.count == 2)
    #expect(server.context == outerTrace)
    #expect(server.parentSpanID.map(Hex.text) == "b7ad6b7169203331")
    #expect(client.parentSpanID == outerTrace.spanID)
    #expect(server.name == "test.Echo/Unary")
    #expect(server.end >= server.start)
    #expect(client.start >= server.start)
    let attributes = Dictionary(uniqueKeysWithValues: client.attributes.map { ($0.key, $0.value) })
    #expect(attributes["rpc.service"] == .string("test.Echo"))
    #expect(attributes["rpc.method"] == .string("Unary"))
    #expect(attributes["rpc.grpc.status_code"] == .int(0))
  }

  @Test func anUnsampledCallIsPassedOnButNotRecorded() async throws {
    let spans = SpanList()
    let unsampled = String(Self.parent.dropLast()) + "0"
    let trace = try #require(
      try await seen(["traceparent": unsampled], Tracing(sampling: 1, sink: spans)).first ?? nil)
    #expect(!trace.isSampled)
    #expect(spans.spans.isEmpty)
  }

  @Test func aFailedCallIsRecordedWithItsStatus() async throws {
    let spans = SpanList()
    let refusing = EchoService(unary: { _, _ in throw RPCError(.notFound, "no such thing") })
    try await withEcho(refusing, configuration: configuration(Tracing(sampling: 1, sink: spans))) { channel in
      _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
    }
    let span = try #require(spans.spans.first)
    #expect(span.status == .notFound)
    #expect(span.message == "no such thing")
    #expect(span.parentSpanID == nil)
  }

  @Test func aStreamIsTracedToo() async throws {
    let spans = SpanList()
    try await withEcho(configuration: configuration(Tracing(sampling: 1, sink: spans))) { channel in
      try await channel.serverStreaming(Echo.expand, Text("abc")) { for try await _ in $0 {} }
    }
    #expect(spans.spans.map(\.name) == ["test.Echo/Expand"])
  }

  @Test func workThatIsNoCallCanBePartOfATrace() async throws {
    let spans = SpanList()
    let seen = Mutex<TraceContext?>(nil)
    let service = EchoService(unary: { request, context in
      seen.withLock { $0 = context.trace }
      return request
    })
    try await withEcho(service) { channel in
      _ = try await Tracing(sampling: 1, sink: spans).withSpan("nightly job") {
        try await channel.unary(Echo.unary, Text("x"))
      }
    }
    let job = try #require(spans.spans.first { $0.kind == .internal })
    #expect(job.name == "nightly job")
    #expect(spans.spans.first { $0.kind == .client }?.parentSpanID == job.context.spanID)
    #expect(seen.withLock { $0?.traceID } == job.context.traceID)
  }

  @Test func aContextThatTheCallerBringsIsLeftAlone() async throws {
    let given = String(Self.parent.dropLast(3)) + "-00"
    let seen = Mutex<TraceContext?>(nil)
    let service = EchoService(unary: { request, context in
      seen.withLock { $0 = context.trace }
      return request
    })
    try await withEcho(service) { channel in
      _ = try await Tracing(sampling: 1).withSpan("job") {
        try await channel.unary(Echo.unary, Text("x"), options: CallOptions(metadata: ["traceparent": given]))
      }
    }
    #expect(seen.withLock { $0?.traceID.description } == "0af7651916cd43dd8448eb211c80319c")
  }
}
