/// Every sample of one metric, as it is now: what exporters are given.
public struct MetricFamily: Sendable {
  public enum Kind: String, Sendable { case counter, gauge, histogram }

  public enum Value: Sendable {
    case number(Int)
    case real(Double)
    case histogram(MetricDistribution)
  }

  public struct Sample: Sendable {
    public var labels: [(name: String, value: String)]
    public var value: Value
  }

  /// As Prometheus has it, with unit and `_total`.
  public let name: String
  public let kind: Kind
  /// For people; empty when nobody wrote any.
  public let help: String
  public var samples: [Sample] = []
}

/// How many values fell into which bucket.
public struct MetricDistribution: Sendable {
  /// Upper bounds, ascending, in the metric's own unit.
  public let bounds: [Double]
  /// One for each bound, and one for what is above all of them. Not cumulative.
  public let buckets: [UInt64]
  /// Of all values, in the metric's own unit.
  public let sum: Double
  public let count: UInt64

  init(_ snapshot: HistogramCells.Snapshot) {
    let unit = snapshot.bounds.unit
    bounds = snapshot.bounds.values.map { Double($0) / unit }
    buckets = snapshot.buckets
    sum = Double(snapshot.sum) / unit
    count = snapshot.count
  }
}

/// Gathers samples into families.
struct MetricFamilies {
  private var families: [String: MetricFamily] = [:]
  private let help: [String: String]
  private var sharing = CoreSharing()

  init(help: [String: String]) {
    self.help = help
  }

  mutating func add(_ value: Int, to key: MetricsRegistry.Key, _ kind: MetricFamily.Kind) {
    add(.number(value), to: key, kind)
  }

  mutating func add(_ histogram: HistogramCells.Snapshot, to key: MetricsRegistry.Key) {
    add(.histogram(MetricDistribution(histogram)), to: key, .histogram)
  }

  mutating func add(
    _ value: MetricFamily.Value, to key: MetricsRegistry.Key, _ kind: MetricFamily.Kind
  ) {
    families[key.name, default: MetricFamily(name: key.name, kind: kind, help: help[key.name] ?? "")]
      .samples.append(
        .init(labels: key.labels.map { (name: $0.name, value: $0.value) }, value: value))
    sharing.step()
  }

  /// By name, and each family's samples by their labels.
  func sorted() -> [MetricFamily] {
    var sharing = sharing
    return families.values.sorted { $0.name < $1.name }.map { family in
      var family = family
      // Made once for each: a sort compares thousands many times.
      let keyed = family.samples.map { sample in
        (key: sample.labels.map { MetricLabel((key: $0.name, value: $0.value)) }, sample: sample)
      }
      family.samples = keyed.sorted { a, b in
        sharing.step()
        return a.key.lexicographicallyPrecedes(b.key)
      }.map(\.sample)
      return family
    }
  }
}
