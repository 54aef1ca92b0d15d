/// Builds a page of metrics in Prometheus' text format: every family once, its samples in order.
struct PrometheusText {
  private struct Family {
    var type: String
    var samples: [(order: [MetricLabel], lines: [String])] = []
  }

  private var families: [String: Family] = [:]
  private let help: [String: String]

  init(help: [String: String]) {
    self.help = help
  }

  mutating func add(_ value: Int, to key: MetricsRegistry.Key, type: String) {
    families[key.name, default: Family(type: type)].samples.append(
      (key.labels, ["\(key.name)\(Self.labels(key.labels)) \(value)"]))
  }

  mutating func add(_ histogram: HistogramCells.Snapshot, to key: MetricsRegistry.Key) {
    var lines: [String] = []
    var count: UInt64 = 0
    for (index, bucket) in histogram.buckets.enumerated() {
      count += bucket
      let bounds = histogram.bounds
      let bound = index < bounds.values.count ? Self.number(bounds.values[index], in: bounds.unit) : "+Inf"
      let labels = key.labels + [MetricLabel(("le", bound))]
      lines.append("\(key.name)_bucket\(Self.labels(labels)) \(count)")
    }
    lines.append(
      "\(key.name)_sum\(Self.labels(key.labels)) \(Self.number(histogram.sum, in: histogram.bounds.unit))")
    lines.append("\(key.name)_count\(Self.labels(key.labels)) \(count)")
    families[key.name, default: Family(type: "histogram")].samples.append((key.labels, lines))
  }

  func rendered() -> String {
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      if let help = help[name] { text += "# HELP \(name) \(help)\n" }
      text += "# TYPE \(name) \(family.type)\n"
      for sample in family.samples.sorted(by: { $0.order.lexicographicallyPrecedes($1.order) }) {
        for line in sample.lines { text += line + "\n" }
      }
    }
    return text
  }

  private static func number(_ value: UInt64, in unit: Double) -> String {
    unit == 1 ? String(value) : String(Double(value) / unit)
  }

  private static func labels(_ labels: [MetricLabel]) -> String {
    if labels.isEmpty { return "" }
    return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
  }

  private static func escaped(_ value: String) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
