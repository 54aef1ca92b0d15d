/// Writes metrics in Prometheus' text format, version 0.0.4: every family once, its samples in order.
enum PrometheusText {
  static func text(_ families: [MetricFamily]) -> String {
    var text = ""
    var sharing = CoreSharing()
    for family in families {
      if !family.help.isEmpty { text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n" }
      text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
      for sample in family.samples {
        switch sample.value {
        case .number(let value): text += "\(family.name)\(labels(sample.labels)) \(value)\n"
        case .real(let value): text += "\(family.name)\(labels(sample.labels)) \(number(value))\n"
        case .histogram(let histogram):
          write(histogram, of: family.name, sample.labels, to: &text, &sharing)
        }
        sharing.step()
      }
    }
    return text
  }

  private static func write(
    _ histogram: MetricDistribution, of name: String, _ own: [(name: String, value: String)],
    to text: inout String, _ sharing: inout CoreSharing
  ) {
    var count: UInt64 = 0
    for (index, bucket) in histogram.buckets.enumerated() {
      count += bucket
      let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
      text += "\(name)_bucket\(labels(own + [(name: "le", value: bound)])) \(count)\n"
      sharing.step()
    }
    text += "\(name)_sum\(labels(own)) \(number(histogram.sum))\n"
    text += "\(name)_count\(labels(own)) \(count)\n"
  }

  /// Whole numbers without a point, as sizes are told.
  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value.magnitude < 1e15 && value == value.rounded() ? String(Int(value)) : String(value)
  }

  private static func labels(_ labels: [(name: String, value: String)]) -> String {
    if labels.isEmpty { return "" }
    return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
      + "}"
  }

  private static func escaped(_ value: String, quotes: Bool) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"" where quotes: result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
