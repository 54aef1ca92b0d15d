import WeftRPC

/// Names of swift-metrics, which may be any text, as names that Prometheus takes.
enum MetricName {
  /// - Parameter suffix: what names of this kind end in, such as `_total`.
  static func identity(
    _ label: String, _ dimensions: [(String, String)], suffix: String = ""
  ) -> MetricsRegistry.Identity {
    var name = sanitized(label, andColons: true)
    if !name.hasSuffix(suffix) { name += suffix }
    var labels: [(name: String, value: String)] = []
    for (key, value) in dimensions {
      var key = sanitized(key, andColons: false)
      // A histogram's own label.
      if key == "le" { key = "le_" }
      labels.removeAll { $0.name == key }
      labels.append((name: key, value: value))
    }
    return MetricsRegistry.Identity(name: name, labels: labels)
  }

  /// ASCII letters, digits and `_`, no digit first; everything else becomes `_`.
  static func sanitized(_ text: String, andColons: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "_": result.unicodeScalars.append(scalar)
      case "0"..."9":
        if result.isEmpty { result = "_" }
        result.unicodeScalars.append(scalar)
      case ":" where andColons: result.unicodeScalars.append(scalar)
      default: result += "_"
      }
    }
    return result.isEmpty ? "_" : result
  }
}
