import NIOCore
import Synchronization

/// The process's metrics, in the form that Prometheus scrapes.
///
/// A metric is its name and its labels; asking for one twice gives the same one.
public final class MetricsRegistry: Sendable {
  public static let shared = MetricsRegistry()

  /// The ``shared`` metrics in Prometheus' text format, made once for all who ask at the same time: for ports that
  /// anybody may ask.
  public static let sharedPage = SharedWork { ByteBuffer(string: shared.prometheusText()) }

  struct Key: Hashable, Sendable {
    let name: String
    let labels: [MetricLabel]
  }

  struct State {
    var counters: [Key: MetricCounter] = [:]
    var gauges: [Key: MetricGauge] = [:]
    var histograms: [Key: MetricHistogram] = [:]
    var realGauges: [Key: MetricRealGauge] = [:]
    var methods: [MethodMetrics.Key: MethodMetrics] = [:]
    var clientMethods: [MethodMetrics.Key: ClientMethodMetrics] = [:]
    var targets: Set<String> = []
    var help = GRPCMetricNames.help
  }

  let state = Mutex(State())

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
    metric(Key(name: name, labels: labels.map(MetricLabel.init)), help: help, in: table, make)
  }

  func metric<Metric: Sendable>(
    _ key: Key, help: String? = nil, in table: WritableKeyPath<State, [Key: Metric]>, _ make: () -> Metric
  ) -> Metric {
    state.withLock { state in
      if let help { state.help[key.name] = help }
      if let known = state[keyPath: table][key] { return known }
      let metric = make()
      state[keyPath: table][key] = metric
      return metric
    }
  }

  /// The metrics of a server's method.
  func method(_ key: MethodMetrics.Key) -> MethodMetrics {
    state.withLock { Self.method(key, in: &$0) }
  }

  private static func method(_ key: MethodMetrics.Key, in state: inout State) -> MethodMetrics {
    if let known = state.methods[key] { return known }
    let metrics = MethodMetrics(key: key)
    state.methods[key] = metrics
    return metrics
  }

  /// Targets that are told apart: a process that makes channels to ever new addresses must not grow for ever.
  private static let maxTargets = 1_000

  /// The metrics of a client's method.
  func clientMethod(_ key: MethodMetrics.Key) -> ClientMethodMetrics {
    state.withLock { state in
      var key = key
      if !state.targets.contains(key.target) {
        if state.targets.count < Self.maxTargets {
          state.targets.insert(key.target)
        } else {
          key.target = "other"
        }
      }
      if let known = state.clientMethods[key] { return known }
      let metrics = ClientMethodMetrics(key: key, attempts: Self.method(key, in: &state))
      state.clientMethods[key] = metrics
      return metrics
    }
  }

  /// The methods of one side, by name.
  func methods(_ side: MethodMetrics.Side) -> [MethodMetrics] {
    state.withLock { Array($0.methods.values) }.filter { $0.key.side == side }
      .sorted { ($0.key.method, $0.key.target) < ($1.key.method, $1.key.target) }
  }

  /// Every metric as it is now, by name, for exporters.
  public func families() -> [MetricFamily] {
    let snapshot = state.withLock { $0 }
    var families = MetricFamilies(help: snapshot.help)
    for (key, counter) in snapshot.counters { families.add(counter.value, to: key, .counter) }
    for (key, gauge) in snapshot.gauges { families.add(gauge.value, to: key, .gauge) }
    for (key, gauge) in snapshot.realGauges { families.add(.real(gauge.value), to: key, .gauge) }
    for (key, histogram) in snapshot.histograms { families.add(histogram.cells.snapshot(), to: key) }
    for metrics in snapshot.methods.values { metrics.write(to: &families) }
    for metrics in snapshot.clientMethods.values { metrics.write(to: &families) }
    return families.sorted()
  }

  /// Every metric in Prometheus' text format, version 0.0.4.
  public func prometheusText() -> String { PrometheusText.text(families()) }
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
  let cells: HistogramCells

  init(_ bounds: HistogramBounds = .latency) {
    cells = HistogramCells(bounds)
  }

  public func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    cells.record(UInt64(clamping: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000))
  }
}
