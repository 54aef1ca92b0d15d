import Instrumentation
import Synchronization
import Testing
import Tracing

@testable import WeftRPC
@testable import WeftTracing

@Suite struct WeftTracerTests {
  private final class Spans: SpanSink {
    private let spans = Mutex<[TraceSpan]>([])
    func record(_ span: TraceSpan) { spans.withLock { $0.append(span) } }
    var all: [TraceSpan] { spans.withLock { $0 } }

    func named(_ name: String, _ kind: TraceSpan.Kind? = nil) throws -> TraceSpan {
      try #require(all.first { $0.name == name && (kind == nil || $0.kind == kind) })
    }
  }

  private let spans: Spans
  private let tracing: WeftRPC.Tracing
  private let tracer: WeftTracer

  init() {
    spans = Spans()
    tracing = WeftRPC.Tracing(sampling: 1, sink: spans)
    tracer = WeftTracer(tracing: tracing)
  }

  private struct Failure: Error, CustomStringConvertible {
    var description: String { "out of ink" }
  }

  /// Makes a span around each call it sees, and a call inside that.
  private struct Work: ServerInterceptor {
    let tracer: WeftTracer
    let backend: WeftRPC.Channel

    func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws {
      try await tracer.withSpan("work") { span in
        span.attributes["size"] = 3
        _ = try await Grpc_Health_V1_HealthClient(backend).check(.init())
      }
      try await next()
    }
  }

  private func server(_ interceptors: [any ServerInterceptor] = []) -> RPCServer {
    var configuration = RPCServerConfiguration(insecure: true)
    configuration.tracing = tracing
    return RPCServer(configuration: configuration, services: [], interceptors: interceptors)
  }

  @Test func spansStandBetweenTheServedCallAndTheCallsMadeInThem() async throws {
    let back = server()
    let backend = WeftRPC.Channel(inProcess: back)
    let front = server([Work(tracer: tracer, backend: backend)])
    let channel = WeftRPC.Channel(inProcess: front)
    _ = try await Grpc_Health_V1_HealthClient(channel).check(.init())
    await channel.shutdown()
    await backend.shutdown()
    await front.shutdown(grace: .zero)
    await back.shutdown(grace: .zero)

    let work = try spans.named("work")
    let made = try spans.named("grpc.health.v1.Health/Check", .client)
    #expect(made.parentSpanID == work.context.spanID)
    let served = try #require(spans.all.first { $0.context.spanID == work.parentSpanID })
    #expect(served.kind == .server)
    #expect(Set(spans.all.map(\.context.traceID)).count == 1)
    #expect(work.attributes.map(\.key) == ["size"])
    #expect(work.attributes.map(\.value) == [.int(3)])
  }

  @Test func spansInsideEachOtherAreOneTraceAndTellWhatHappened() throws {
    #expect(throws: Failure.self) {
      try tracer.withSpan("outer", ofKind: .server) { outer in
        outer.operationName = "renamed"
        outer.addEvent("begun")
        try tracer.withSpan("inner", ofKind: .client) { inner in
          inner.addLink(outer)
          throw Failure()
        }
      }
    }
    let outer = try spans.named("renamed")
    let inner = try spans.named("inner")
    #expect(outer.parentSpanID == nil)
    #expect(inner.parentSpanID == outer.context.spanID)
    #expect(inner.links == [outer.context])
    #expect((outer.kind, inner.kind) == (.server, .client))
    #expect((outer.status, inner.status) == (.unknown, .unknown))
    #expect(outer.events.map(\.name) == ["begun", "exception"])
    #expect(
      inner.events.first?.attributes.contains { $0 == ("exception.message", .string("out of ink")) } == true)
  }

  @Test func whatIsNotTracedRecordsNothing() {
    let quiet = WeftTracer(tracing: WeftRPC.Tracing(sampling: 0, sink: spans))
    quiet.withSpan("unseen") { span in
      #expect(!span.isRecording)
      span.addEvent("unseen")
    }
    #expect(spans.all.isEmpty)
  }

  @Test func aSpanEndsOnce() {
    let span = tracer.startSpan("once")
    span.end()
    span.end()
    #expect(!span.isRecording)
    #expect(spans.all.count == 1)
  }

  private struct Fields: Extractor, Injector {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
      carrier[key] = value
    }
  }

  @Test func contextsCrossOtherProtocolsAsW3CHasThem() throws {
    let came = [
      "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1",
    ]
    var context = InstrumentationContext.topLevel
    tracer.extract(came, into: &context, using: Fields())
    let span = tracer.startSpan("job", context: context, ofKind: .consumer)
    var goes: [String: String] = [:]
    tracer.inject(span.context, into: &goes, using: Fields())
    span.end()
    let recorded = try spans.named("job")
    #expect(recorded.parentSpanID == 0xb7ad_6b71_6920_3331)
    #expect(goes["traceparent"] == recorded.context.traceparent)
    #expect(goes["traceparent"]?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true)
    #expect(goes["tracestate"] == "a=1")

    var unchanged = InstrumentationContext.topLevel
    tracer.extract(["traceparent": "00-zz"], into: &unchanged, using: Fields())
    #expect(unchanged.isEmpty)
  }
}
