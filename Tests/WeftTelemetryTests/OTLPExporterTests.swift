import Testing
import WeftProtobuf
import WeftRPC

@testable import WeftTelemetry

@Suite struct OTLPExporterTests {
  private func span(_ name: String = "a.B/C", _ status: StatusCode = .ok) -> TraceSpan {
    TraceSpan(
      name: name, kind: .client,
      context: TraceContext(
        traceID: .init(high: 0x0102_0304_0506_0708, low: 9), spanID: 0xff00, isSampled: true, state: "a=1"),
      parentSpanID: 7, start: 1_000, end: 2_000, status: status, message: status == .ok ? "" : "broken",
      attributes: [("rpc.system", .string("grpc")), ("rpc.grpc.status_code", .int(status.rawValue))])
  }

  private func exporter(
    _ channel: Channel, _ registry: MetricsRegistry = MetricsRegistry(),
    _ change: (inout OTLPConfiguration) -> Void = { _ in }
  ) -> OTLPExporter {
    var configuration = OTLPConfiguration(service: "shop", version: "1.2.3")
    configuration.metricInterval = nil
    change(&configuration)
    return OTLPExporter(configuration, channel: channel, registry: registry)
  }

  @Test func aSpanArrivesAsItIs() async throws {
    try await Collector.run { collector, channel in
      let exporter = exporter(channel)
      exporter.record(span())
      exporter.record(span("a.B/D", .unavailable))
      await exporter.flush()
      let spans = collector.spans
      #expect(spans.map(\.name) == ["a.B/C", "a.B/D"])
      let first = try #require(spans.first)
      #expect(first.traceID == [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 9])
      #expect(first.spanID == [0, 0, 0, 0, 0, 0, 0xff, 0])
      #expect(first.parentSpanID == [0, 0, 0, 0, 0, 0, 0, 7])
      #expect(first.traceState == "a=1")
      #expect(first.kind == .client)
      #expect(first.startTimeUnixNano == 1_000)
      #expect(first.endTimeUnixNano == 2_000)
      #expect(first.attributes.map(\.key) == ["rpc.system", "rpc.grpc.status_code"])
      #expect(first.status == nil)
      #expect(spans.last?.status?.code == .error)
      #expect(spans.last?.status?.message == "broken")
      let resource = try #require(collector.resource)
      #expect(resource.attributes.first { $0.key == "service.name" }?.value?.stringValue == "shop")
      #expect(resource.attributes.first { $0.key == "service.version" }?.value?.stringValue == "1.2.3")
    }
  }

  @Test func manySpansLeaveInBatches() async throws {
    try await Collector.run { collector, channel in
      let exporter = exporter(channel) { $0.batchSize = 10 }
      for _ in 0..<25 { exporter.record(span()) }
      await exporter.flush()
      #expect(collector.batches == [10, 10, 5])
    }
  }

  @Test func aFullQueueDropsAndCounts() async throws {
    try await Collector.run { collector, channel in
      let registry = MetricsRegistry()
      let exporter = exporter(channel, registry) { $0.maxQueuedSpans = 3 }
      for _ in 0..<5 { exporter.record(span()) }
      await exporter.flush()
      #expect(collector.spans.count == 3)
      let text = registry.prometheusText()
      #expect(text.contains("weft_otlp_spans_dropped_total 2\n"))
      #expect(text.contains("weft_otlp_spans_exported_total 3\n"))
    }
  }

  @Test func aBusyCollectorIsAskedAgain() async throws {
    try await Collector.run { collector, channel in
      let delay = Google_Rpc_RetryInfo.with { $0.retryDelay = Google_Protobuf_Duration(seconds: 0, nanos: 1) }
      collector.fail(with: [
        RPCError(.resourceExhausted, "busy", details: [delay]),
        RPCError(.unavailable, "busy", details: [delay]),
      ])
      let exporter = exporter(channel)
      exporter.record(span())
      await exporter.flush()
      #expect(collector.spans.count == 1)
      #expect(collector.metadata.count == 3)
    }
  }

  @Test(arguments: [StatusCode.invalidArgument, .unauthenticated, .unimplemented, .resourceExhausted])
  func aCollectorThatWillNeverTakeItIsNotAskedAgain(code: StatusCode) async throws {
    try await Collector.run { collector, channel in
      collector.fail(with: [RPCError(code, "no")])
      let registry = MetricsRegistry()
      let exporter = exporter(channel, registry)
      exporter.record(span())
      await exporter.flush()
      #expect(collector.metadata.count == 1)
      #expect(registry.prometheusText().contains("weft_otlp_spans_dropped_total 1\n"))
    }
  }

  @Test func whatTheCollectorRefusesOfABatchIsCounted() async throws {
    try await Collector.run { collector, channel in
      collector.reject(2)
      let registry = MetricsRegistry()
      let exporter = exporter(channel, registry)
      for _ in 0..<5 { exporter.record(span()) }
      await exporter.flush()
      let text = registry.prometheusText()
      #expect(text.contains("weft_otlp_spans_dropped_total 2\n"))
      #expect(text.contains("weft_otlp_spans_exported_total 3\n"))
    }
  }

  @Test func metadataGoesWithEveryRequest() async throws {
    try await Collector.run { collector, channel in
      let exporter = exporter(channel) { $0.metadata = ["x-tenant": "blue"] }
      exporter.record(span())
      await exporter.flush()
      #expect(collector.metadata.map { $0["x-tenant"] } == ["blue"])
    }
  }

  @Test func whatWaitsIsSentWhenTheExporterStops() async throws {
    try await Collector.run { collector, channel in
      let exporter = exporter(channel) {
        $0.spanInterval = .seconds(3_600)
        $0.metricInterval = .seconds(3_600)
      }
      let task = Task { await exporter.run() }
      exporter.record(span())
      task.cancel()
      await task.value
      #expect(collector.spans.count == 1)
      #expect(!collector.metrics.isEmpty)
    }
  }

  @Test func whatIsBeingSentWhenTheExporterStopsIsNotLost() async throws {
    try await Collector.run { collector, channel in
      collector.hang(1)
      let exporter = exporter(channel) { $0.batchSize = 1 }
      let task = Task { await exporter.run() }
      exporter.record(span())
      while collector.metadata.isEmpty { await Task.yield() }
      task.cancel()
      await task.value
      #expect(collector.spans.count == 1)
    }
  }

  @Test func aFullBatchLeavesAtOnce() async throws {
    try await Collector.run { collector, channel in
      let exporter = exporter(channel) {
        $0.spanInterval = .seconds(3_600)
        $0.batchSize = 2
      }
      let task = Task { await exporter.run() }
      exporter.record(span())
      exporter.record(span())
      while collector.spans.isEmpty { await Task.yield() }
      #expect(collector.batches == [2])
      task.cancel()
      await task.value
    }
  }

  @Test func whatIsExportedIsNotTracedItself() async throws {
    try await Collector.run { collector, channel in
      let exporter = exporter(channel)
      exporter.record(span())
      await exporter.flush()
      #expect(collector.metadata.map { $0["traceparent"] } == [nil])
    }
  }
}
