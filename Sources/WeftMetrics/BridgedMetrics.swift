import CoreMetrics
import WeftRPC

/// A metric of swift-metrics that is one of ours.
protocol BridgedMetric: AnyObject {
  var identity: MetricsRegistry.Identity { get }
}

final class BridgedCounter: BridgedMetric, CounterHandler {
  let identity: MetricsRegistry.Identity
  private let counter: MetricCounter

  init(_ identity: MetricsRegistry.Identity, _ counter: MetricCounter) {
    self.identity = identity
    self.counter = counter
  }

  func increment(by amount: Int64) { counter.add(Int(amount)) }
  func reset() { counter.reset() }
}

final class BridgedGauge: BridgedMetric, MeterHandler, RecorderHandler {
  let identity: MetricsRegistry.Identity
  private let gauge: MetricRealGauge

  init(_ identity: MetricsRegistry.Identity, _ gauge: MetricRealGauge) {
    self.identity = identity
    self.gauge = gauge
  }

  func set(_ value: Int64) { gauge.set(Double(value)) }
  func set(_ value: Double) { gauge.set(value) }
  func increment(by amount: Double) { gauge.add(amount) }
  func decrement(by amount: Double) { gauge.add(-amount) }
  func record(_ value: Int64) { gauge.set(Double(value)) }
  func record(_ value: Double) { gauge.set(value) }
}

final class BridgedHistogram: BridgedMetric, RecorderHandler, TimerHandler {
  let identity: MetricsRegistry.Identity
  private let histogram: MetricHistogram

  init(_ identity: MetricsRegistry.Identity, _ histogram: MetricHistogram) {
    self.identity = identity
    self.histogram = histogram
  }

  func record(_ value: Int64) { histogram.record(value: Double(value)) }
  func record(_ value: Double) { histogram.record(value: value) }
  func recordNanoseconds(_ duration: Int64) { histogram.record(nanoseconds: duration) }
}
