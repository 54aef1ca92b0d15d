import Synchronization

/// The process's metrics, in the form that Prometheus scrapes.
///
/// A metric is its name and its labels; asking for one twice gives the same one.
public final class MetricsRegistry: Sendable {
  public static let shared = MetricsRegistry()

  struct Key: Hashable {
    let name: String
    let labels: [MetricLabel]
  }

  private struct State {
    var counters: [Key: MetricCounter] = [:]
    var gauges: [Key: MetricGauge] = [:]
    var histograms: [Key: MetricHistogram] = [:]
    var methods: [MethodMetrics.Key: MethodMetrics] = [:]
    var help: [String: String] = [:]
  }

  private let state = Mutex(State())

  public init() {}

  /// A value that only rises. Its name ends in `_total`.
  public func counter(_ name: String, _ labels: KeyValuePairs<String, String> = [:], help: String? = nil)
    -> MetricCounter
  {
    metric(name, labels, help, in: \.counters) { MetricCounter() }
  }

  /// A value that rises and falls.
  public func gauge(_ name: String, _ labels: KeyValuePairs<String, String> = [:], help: String? = nil)
    -> MetricGauge
  {
    metric(name, labels, help, in: \.gauges) { MetricGauge() }
  }

  /// How long something took. Its name ends in `_seconds`.
  public func histogram(
    _ name: String, _ labels: KeyValuePairs<String, String> = [:], help: String? = nil
  ) -> MetricHistogram {
    metric(name, labels, help, in: \.histograms) { MetricHistogram() }
  }

  /// The metric with this name and these labels, made when there is none yet.
  private func metric<Metric: Sendable>(
    _ name: String, _ labels: KeyValuePairs<String, String>, _ help: String?,
    in table: WritableKeyPath<State, [Key: Metric]>, _ make: () -> Metric
  ) -> Metric {
    let key = Key(name: name, labels: labels.map(MetricLabel.init))
    return state.withLock { state in
      if let help { state.help[name] = help }
      if let known = state[keyPath: table][key] { return known }
      let metric = make()
      state[keyPath: table][key] = metric
      return metric
    }
  }

  func method(_ key: MethodMetrics.Key) -> MethodMetrics {
    state.withLock { state in
      if let known = state.methods[key] { return known }
      let metrics = MethodMetrics(key: key)
      state.methods[key] = metrics
      return metrics
    }
  }

  /// Every metric in Prometheus' text format, version 0.0.4.
  public func prometheusText() -> String {
    let snapshot = state.withLock { $0 }
    var text = PrometheusText(help: snapshot.help)
    for (key, counter) in snapshot.counters { text.add(counter.value, to: key, type: "counter") }
    for (key, gauge) in snapshot.gauges { text.add(gauge.value, to: key, type: "gauge") }
    for (key, histogram) in snapshot.histograms { text.add(histogram.cells.snapshot(), to: key) }
    for metrics in snapshot.methods.values { metrics.write(to: &text) }
    return text.rendered()
  }
}

struct MetricLabel: Hashable, Comparable {
  let name: String
  let value: String

  init(_ pair: (key: String, value: String)) {
    name = pair.key
    value = pair.value
  }

  static func < (a: MetricLabel, b: MetricLabel) -> Bool { (a.name, a.value) < (b.name, b.value) }
}

public final class MetricCounter: Sendable {
  private let cell = Atomic<Int>(0)
  public var value: Int { cell.load(ordering: .relaxed) }

  public func add(_ amount: Int = 1) {
    cell.wrappingAdd(amount, ordering: .relaxed)
  }
}

public final class MetricGauge: Sendable {
  private let cell = Atomic<Int>(0)
  public var value: Int { cell.load(ordering: .relaxed) }

  public func set(_ value: Int) { cell.store(value, ordering: .relaxed) }
  public func add(_ amount: Int) { cell.wrappingAdd(amount, ordering: .relaxed) }
}

public final class MetricHistogram: Sendable {
  let cells = HistogramCells()

  public func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    cells.record(nanoseconds: UInt64(clamping: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000))
  }
}
