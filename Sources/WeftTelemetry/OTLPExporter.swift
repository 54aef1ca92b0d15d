import Logging
import Synchronization
import WeftRPC

/// Sends spans and metrics to an OpenTelemetry collector over OTLP, with Weft's own client.
///
/// Give it to ``Tracing`` as its sink and let ``run()`` go on beside the service. Spans wait in a bounded queue and
/// leave in batches; while the collector cannot be reached, new ones are dropped and counted, and nothing else suffers.
public final class OTLPExporter: SpanSink {
  private let configuration: OTLPConfiguration
  private let traces: Opentelemetry_Proto_Collector_Trace_V1_TraceServiceClient
  private let metrics: Opentelemetry_Proto_Collector_Metrics_V1_MetricsServiceClient
  private let resource: OTLPResource
  private let registry: MetricsRegistry
  private let queue = Mutex<[TraceSpan]>([])
  private let ticks: AsyncStream<Void>
  private let tick: AsyncStream<Void>.Continuation
  private let sender: OTLPSender
  private let exported: MetricCounter
  private let dropped: MetricCounter

  public init(
    _ configuration: OTLPConfiguration, channel: any RPCChannel, registry: MetricsRegistry = .shared,
    logger: Logger = Logger(label: "weft.otlp")
  ) {
    self.configuration = configuration
    self.registry = registry
    traces = .init(channel)
    metrics = .init(channel)
    resource = OTLPResource(configuration)
    (ticks, tick) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    sender = OTLPSender(configuration, logger: logger)
    exported = registry.counter("weft_otlp_spans_exported_total", help: "Spans that the collector has taken.")
    dropped = registry.counter(
      "weft_otlp_spans_dropped_total",
      help: "Spans that were lost: the queue was full, or the collector refused them.")
  }

  public func record(_ span: TraceSpan) {
    let count = queue.withLock { queue in
      guard queue.count < configuration.maxQueuedSpans else { return 0 }
      queue.append(span)
      return queue.count
    }
    if count == 0 { dropped.add() }
    if count == configuration.batchSize { tick.yield() }
  }

  /// Sends what there is, until the task is cancelled; then the rest, once.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.beat(self.configuration.spanInterval) { self.tick.yield() } }
      group.addTask {
        for await _ in self.ticks { await self.sendSpans(attempts: self.configuration.maxAttempts) }
      }
      if let interval = configuration.metricInterval {
        group.addTask {
          await self.beat(interval) { await self.sendMetrics(attempts: self.configuration.maxAttempts) }
        }
      }
      await group.waitForAll()
    }
    // In a task that is not cancelled, or nothing could be sent any more; once, for somebody waits for the end.
    await Task.detached { await self.flush(attempts: 1) }.value
  }

  /// Sends all that waits, and the metrics as they are now.
  public func flush() async { await flush(attempts: configuration.maxAttempts) }

  private func flush(attempts: Int) async {
    await sendSpans(attempts: attempts)
    if configuration.metricInterval != nil { await sendMetrics(attempts: attempts) }
  }

  private func beat(_ interval: Duration, _ action: @Sendable () async -> Void) async {
    while true {
      do { try await Task.sleep(for: interval, tolerance: interval / 10) } catch { return }
      await action()
    }
  }

  private func sendSpans(attempts: Int) async {
    while true {
      let batch = queue.withLock { queue in
        let batch = Array(queue.prefix(configuration.batchSize))
        queue.removeFirst(batch.count)
        return batch
      }
      if batch.isEmpty { return }
      let request = resource.request(spans: batch)
      let rejected: Int? = await sender.send("spans", attempts: attempts) { options in
        let answer = try await self.traces.export(request, options: options)
        return (
          Int(clamping: answer.partialSuccess?.rejectedSpans ?? 0), answer.partialSuccess?.errorMessage ?? ""
        )
      }
      if rejected == nil, Task.isCancelled {
        // Broken off because the exporter stops, which sends once more what waits.
        queue.withLock { $0.insert(contentsOf: batch, at: 0) }
        return
      }
      let lost = min(rejected ?? batch.count, batch.count)
      exported.add(batch.count - lost)
      dropped.add(lost)
    }
  }

  private func sendMetrics(attempts: Int) async {
    let request = resource.request(families: registry.families())
    _ = await sender.send("metrics", attempts: attempts) { options in
      let answer = try await self.metrics.export(request, options: options)
      return (
        Int(clamping: answer.partialSuccess?.rejectedDataPoints ?? 0),
        answer.partialSuccess?.errorMessage ?? ""
      )
    }
  }
}
