/// The media ranges of an `Accept` header with their weights (RFC 9110, section 12.5.1).
struct AcceptHeader: Sendable {
  private struct Range {
    let type: Substring
    let weight: Double
  }

  private var ranges: [Range] = []

  /// Reads all the values of the field. What is malformed is passed over, as a server may ignore the field.
  init(_ values: [String]) {
    for range in values.lazy.flatMap({ $0.split(separator: ",", maxSplits: 63) }) {
      let parts = range.split(separator: ";").map { $0.trimmingSpaces() }
      guard let type = parts.first, type.contains("/") else { continue }
      var weight = 1.0
      for parameter in parts.dropFirst() where parameter.lowercased().hasPrefix("q=") {
        weight = Double(parameter.dropFirst(2)).map { min(max($0, 0), 1) } ?? 0
      }
      ranges.append(Range(type: Substring(type.lowercased()), weight: weight))
    }
  }

  var isEmpty: Bool { ranges.isEmpty }

  /// How much the client wants a type, and the place of the range that says so. The most specific range counts.
  func preference(for type: String) -> (weight: Double, position: Int)? {
    let family = type.prefix { $0 != "/" } + "/*"
    for wanted in [Substring(type), Substring(family), "*/*"] {
      if let position = ranges.firstIndex(where: { $0.type == wanted }) {
        return ranges[position].weight > 0 ? (ranges[position].weight, position) : nil
      }
    }
    return nil
  }
}

extension Substring {
  /// Without the optional whitespace of RFC 9110 around it.
  func trimmingSpaces() -> Substring {
    var text = self
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
