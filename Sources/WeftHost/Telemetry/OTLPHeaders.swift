import WeftRPC

/// The text of the setting `otlp-headers`.
enum OTLPHeaders {
  /// - Parameter text: `name=value,name=value`.
  /// - Returns: nil when it is something else.
  static func metadata(_ text: String) -> Metadata? {
    var metadata = Metadata()
    for pair in text.split(separator: ",") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      let key = parts[0].filter { $0 != " " }.lowercased()
      metadata.add(String(parts[1]), for: key)
      // What cannot be sent is not added.
      if metadata[key] == nil { return nil }
    }
    return metadata
  }
}
