import CoreMetrics
import Synchronization
import WeftRPC

/// Shows what is measured with swift-metrics beside Weft's own metrics: on `/metrics`, and at the OpenTelemetry
/// collector.
///
/// ```swift
/// WeftMetricsFactory.install()
/// Counter(label: "orders.placed", dimensions: [("shop", "north")]).increment()   // orders_placed_total{shop="north"}
/// ```
///
/// Counters end in `_total` and timers in `_seconds`; characters that Prometheus does not take become `_`.
public final class WeftMetricsFactory: MetricsFactory {
  private let registry: MetricsRegistry
  /// Metrics that are made at most: whoever puts users' names into dimensions must not fill the memory.
  private let limit: Int
  private let known = Mutex<Set<MetricsRegistry.Identity>>([])

  /// - Parameter limit: how many names with their dimensions are told apart; further ones measure nothing and are
  ///   counted in `weft_metrics_refused_total`.
  public init(registry: MetricsRegistry = .shared, limit: Int = 10_000) {
    self.registry = registry
    self.limit = limit
  }

  /// Makes this the way of the whole process. To be called once, first thing; ``WeftHost`` does it for its processes.
  public static func install() {
    MetricsSystem.bootstrap(WeftMetricsFactory())
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    let identity = MetricName.identity(label, dimensions, suffix: "_total")
    guard isTaken(identity) else { return NOOPMetricsHandler.instance }
    return BridgedCounter(identity, registry.counter(identity))
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    let identity = MetricName.identity(label, dimensions)
    guard isTaken(identity) else { return NOOPMetricsHandler.instance }
    return BridgedGauge(identity, registry.realGauge(identity))
  }

  /// A histogram, or the last value of one that does not aggregate.
  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    let identity = MetricName.identity(label, dimensions)
    guard isTaken(identity) else { return NOOPMetricsHandler.instance }
    return aggregate
      ? BridgedHistogram(identity, registry.values(identity))
      : BridgedGauge(identity, registry.realGauge(identity))
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    let identity = MetricName.identity(label, dimensions, suffix: "_seconds")
    guard isTaken(identity) else { return NOOPMetricsHandler.instance }
    return BridgedHistogram(identity, registry.durations(identity))
  }

  public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
  public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
  public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
  public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

  private func destroy(_ handler: AnyObject) {
    guard let bridged = handler as? any BridgedMetric else { return }
    known.withLock { _ = $0.remove(bridged.identity) }
    registry.remove(bridged.identity)
  }

  private func isTaken(_ identity: MetricsRegistry.Identity) -> Bool {
    let isTaken = known.withLock { known in
      if known.contains(identity) { return true }
      if known.count >= limit { return false }
      known.insert(identity)
      return true
    }
    if !isTaken {
      registry.counter(
        "weft_metrics_refused_total", help: "Metrics of swift-metrics that were one too many to be kept."
      ).add()
    }
    return isTaken
  }
}
