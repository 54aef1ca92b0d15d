import Synchronization
import Testing
import WeftRPC

@testable import WeftTelemetry

typealias TraceRequest = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest
typealias TraceResponse = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceResponse
typealias MetricsRequest = Opentelemetry_Proto_Collector_Metrics_V1_ExportMetricsServiceRequest
typealias MetricsResponse = Opentelemetry_Proto_Collector_Metrics_V1_ExportMetricsServiceResponse

/// An OpenTelemetry collector that keeps what it is sent.
final class Collector: Sendable {
  private struct State {
    var traces: [TraceRequest] = []
    var metrics: [MetricsRequest] = []
    var metadata: [Metadata] = []
    var failures: [RPCError] = []
    var rejects: Int64 = 0
    var hangs = 0
  }

  private let state = Mutex(State())

  /// Errors that the next requests are answered with.
  func fail(with errors: [RPCError]) { state.withLock { $0.failures += errors } }
  /// Lets so many requests wait until their caller leaves.
  func hang(_ count: Int) { state.withLock { $0.hangs = count } }
  /// Spans that every request is told were refused.
  func reject(_ count: Int64) { state.withLock { $0.rejects = count } }

  var spans: [Opentelemetry_Proto_Trace_V1_Span] {
    state.withLock { $0.traces }.flatMap { $0.resourceSpans.flatMap { $0.scopeSpans.flatMap { $0.spans } } }
  }
  var batches: [Int] {
    state.withLock { $0.traces }.map { $0.resourceSpans.flatMap { $0.scopeSpans.flatMap { $0.spans } }.count }
  }
  var metrics: [Opentelemetry_Proto_Metrics_V1_Metric] {
    state.withLock { $0.metrics }.flatMap {
      $0.resourceMetrics.flatMap { $0.scopeMetrics.flatMap { $0.metrics } }
    }
  }
  var resource: Opentelemetry_Proto_Resource_V1_Resource? {
    state.withLock { $0.traces.first }?.resourceSpans.first?.resource
  }
  var metadata: [Metadata] { state.withLock { $0.metadata } }

  private func admit(_ context: ServerContext) throws {
    try state.withLock { state in
      state.metadata.append(context.metadata)
      if !state.failures.isEmpty { throw state.failures.removeFirst() }
    }
  }

  struct Traces: Opentelemetry_Proto_Collector_Trace_V1_TraceServiceHandler {
    let collector: Collector
    func export(_ request: TraceRequest, context: ServerContext) async throws -> TraceResponse {
      try collector.admit(context)
      let hangs = collector.state.withLock { state in
        defer { state.hangs -= 1 }
        return state.hangs > 0
      }
      if hangs { try await Task.sleep(for: .seconds(3_600)) }
      let rejects = collector.state.withLock { state in
        state.traces.append(request)
        return state.rejects
      }
      return .with {
        if rejects > 0 {
          $0.partialSuccess = .with {
            $0.rejectedSpans = rejects
            $0.errorMessage = "too old"
          }
        }
      }
    }
  }

  struct Metrics: Opentelemetry_Proto_Collector_Metrics_V1_MetricsServiceHandler {
    let collector: Collector
    func export(_ request: MetricsRequest, context: ServerContext) async throws -> MetricsResponse {
      try collector.admit(context)
      collector.state.withLock { $0.metrics.append(request) }
      return MetricsResponse()
    }
  }

  /// Runs `body` with a channel to a collector on a free port.
  static func run<Result>(_ body: (Collector, Channel) async throws -> Result) async throws -> Result {
    let collector = Collector()
    let server = RPCServer(
      configuration: RPCServerConfiguration(insecure: true),
      services: [Traces(collector: collector), Metrics(collector: collector)])
    let port = try #require(try await server.start().port)
    let channel = Channel(target: "ipv4:127.0.0.1:\(port)")
    do {
      let result = try await body(collector, channel)
      await channel.shutdown()
      await server.shutdown(grace: .zero)
      return result
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
  }
}
