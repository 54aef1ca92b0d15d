import WeftRPC

extension OTLPResource {
  typealias Metric = Opentelemetry_Proto_Metrics_V1_Metric

  func request(
    families: [MetricFamily]
  ) -> Opentelemetry_Proto_Collector_Metrics_V1_ExportMetricsServiceRequest {
    let time = UInt64(clamping: Self.now())
    return .with {
      $0.resourceMetrics = [
        .with {
          $0.resource = resource
          $0.scopeMetrics = [
            .with {
              $0.scope = scope
              $0.metrics = families.map { metric($0, time) }
            }
          ]
        }
      ]
    }
  }

  private func metric(_ family: MetricFamily, _ time: UInt64) -> Metric {
    let name = OTLPMetricName(family)
    var metric = Metric()
    metric.name = name.name
    metric.unit = name.unit
    metric.description_ = family.help
    let numbers = family.samples.compactMap { numberPoint($0, time) }
    switch family.kind {
    case .counter:
      metric.sum = .with {
        $0.dataPoints = numbers
        $0.aggregationTemporality = .cumulative
        $0.isMonotonic = true
      }
    case .gauge: metric.gauge = .with { $0.dataPoints = numbers }
    case .histogram:
      metric.histogram = .with {
        $0.dataPoints = family.samples.compactMap { histogramPoint($0, time) }
        $0.aggregationTemporality = .cumulative
      }
    }
    return metric
  }

  private func numberPoint(
    _ sample: MetricFamily.Sample, _ time: UInt64
  ) -> Opentelemetry_Proto_Metrics_V1_NumberDataPoint? {
    var point = Opentelemetry_Proto_Metrics_V1_NumberDataPoint()
    switch sample.value {
    case .number(let value): point.asInt = Int64(value)
    case .real(let value): point.asDouble = value
    case .histogram: return nil
    }
    point.attributes = Self.attributes(sample)
    point.startTimeUnixNano = start
    point.timeUnixNano = time
    return point
  }

  private func histogramPoint(
    _ sample: MetricFamily.Sample, _ time: UInt64
  ) -> Opentelemetry_Proto_Metrics_V1_HistogramDataPoint? {
    guard case .histogram(let histogram) = sample.value else { return nil }
    return .with {
      $0.attributes = Self.attributes(sample)
      $0.startTimeUnixNano = start
      $0.timeUnixNano = time
      $0.count = histogram.count
      $0.sum = histogram.sum
      $0.bucketCounts = histogram.buckets
      $0.explicitBounds = histogram.bounds
    }
  }

  /// gRPC's own labels under their OpenTelemetry names: `grpc_method` is `grpc.method`.
  private static func attributes(_ sample: MetricFamily.Sample) -> [KeyValue] {
    sample.labels.map { label in
      let key = label.name.hasPrefix("grpc_") ? "grpc." + label.name.dropFirst("grpc_".count) : label.name
      return pair(key, .string(label.value))
    }
  }
}

/// A metric's name and unit as OpenTelemetry has them. Collectors that speak to Prometheus add units and `_total` again.
struct OTLPMetricName: Hashable {
  let name: String
  let unit: String

  init(_ family: MetricFamily) {
    var name = family.name[...]
    if family.kind == .counter, name.hasSuffix("_total") { name = name.dropLast("_total".count) }
    var unit = "1"
    for (suffix, symbol) in [("_seconds", "s"), ("_bytes", "By")] where name.hasSuffix(suffix) {
      name = name.dropLast(suffix.count)
      unit = symbol
    }
    self.unit = GRPCMetricUnits.units[String(name)] ?? unit
    self.name = GRPCMetricUnits.names[String(name)] ?? String(name)
  }
}

/// gRPC's metrics under the names that gRFC A66 gives them.
private enum GRPCMetricUnits {
  static let names = [
    "grpc_server_call_started": "grpc.server.call.started",
    "grpc_server_call_duration": "grpc.server.call.duration",
    "grpc_server_call_sent_total_compressed_message_size":
      "grpc.server.call.sent_total_compressed_message_size",
    "grpc_server_call_rcvd_total_compressed_message_size":
      "grpc.server.call.rcvd_total_compressed_message_size",
    "grpc_client_attempt_started": "grpc.client.attempt.started",
    "grpc_client_attempt_duration": "grpc.client.attempt.duration",
    "grpc_client_attempt_sent_total_compressed_message_size":
      "grpc.client.attempt.sent_total_compressed_message_size",
    "grpc_client_attempt_rcvd_total_compressed_message_size":
      "grpc.client.attempt.rcvd_total_compressed_message_size",
    "grpc_client_call_duration": "grpc.client.call.duration",
    "grpc_client_call_retries": "grpc.client.call.retries",
  ]
  static let units = [
    "grpc_server_call_started": "{call}", "grpc_client_attempt_started": "{attempt}",
    "grpc_client_call_retries": "{retry}",
  ]
}
