import Testing
import WeftRPC

@testable import WeftTelemetry

@Suite struct OTLPMetricsTests {
  private func exported(_ fill: (MetricsRegistry) -> Void) async throws
    -> [Opentelemetry_Proto_Metrics_V1_Metric]
  {
    try await Collector.run { collector, channel in
      let registry = MetricsRegistry()
      fill(registry)
      await OTLPExporter(OTLPConfiguration(service: "shop"), channel: channel, registry: registry).flush()
      return collector.metrics
    }
  }

  @Test func aCounterIsASumThatOnlyRises() async throws {
    let metrics = try await exported {
      $0.counter("weft_things_total", ["kind": "big"], help: "Things.").add(3)
    }
    let metric = try #require(metrics.first { $0.name == "weft_things" })
    #expect(metric.description_ == "Things.")
    let sum = try #require(metric.sum)
    #expect(sum.isMonotonic)
    #expect(sum.aggregationTemporality == .cumulative)
    let point = try #require(sum.dataPoints.first)
    #expect(point.asInt == 3)
    #expect(point.attributes.map(\.key) == ["kind"])
    #expect(point.attributes.first?.value?.stringValue == "big")
    #expect(point.startTimeUnixNano > 0 && point.timeUnixNano >= point.startTimeUnixNano)
  }

  @Test func aGaugeIsAGauge() async throws {
    let metrics = try await exported { $0.gauge("weft_queue").set(-2) }
    #expect(metrics.first { $0.name == "weft_queue" }?.gauge?.dataPoints.first?.asInt == -2)
  }

  @Test func aHistogramKeepsBoundsAndUnit() async throws {
    let metrics = try await exported { registry in
      let histogram = registry.histogram("weft_work_duration_seconds")
      histogram.record(.milliseconds(2))
      histogram.record(.seconds(1_000))
    }
    let metric = try #require(metrics.first { $0.name == "weft_work_duration" })
    #expect(metric.unit == "s")
    let point = try #require(metric.histogram?.dataPoints.first)
    #expect(point.count == 2)
    #expect(point.sum == 1_000.002)
    #expect(point.bucketCounts.count == point.explicitBounds.count + 1)
    #expect(point.bucketCounts.last == 1)
    #expect(point.explicitBounds.contains(0.002))
    #expect(point.bucketCounts.reduce(0, +) == 2)
  }

  @Test func gRPCsMetricsHaveTheNamesOfGRPC() async throws {
    // A call of the exporter's own makes them in the process's registry.
    let names = try await Collector.run { collector, channel in
      let exporter = OTLPExporter(OTLPConfiguration(service: "shop"), channel: channel)
      await exporter.flush()
      await exporter.flush()
      return collector.metrics
    }
    let duration = try #require(names.first { $0.name == "grpc.client.attempt.duration" })
    #expect(duration.unit == "s")
    let attributes = try #require(duration.histogram?.dataPoints.first).attributes.map(\.key)
    #expect(attributes == ["grpc.method", "grpc.target", "grpc.status"])
    #expect(names.first { $0.name == "grpc.client.attempt.started" }?.unit == "{attempt}")
    let size = names.first { $0.name == "grpc.server.call.rcvd_total_compressed_message_size" }
    #expect(size?.unit == "By")
  }
}
