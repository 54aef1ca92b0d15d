extension HTTPRule {
  /// Reads a `google.api.HttpRule`: its own binding first, then the additional ones, which may not
  /// have additional ones in turn (google/api/http.proto).
  static func parse(_ bytes: ArraySlice<UInt8>, limit: Int) throws(WireError) -> [HTTPRule] {
    var rules: [HTTPRule] = []
    var additional: [ArraySlice<UInt8>] = []
    if let rule = try parseOne(bytes, additional: &additional, limit: limit) { rules.append(rule) }
    for binding in additional {
      var nested: [ArraySlice<UInt8>] = []
      if let rule = try parseOne(binding, additional: &nested, limit: limit) { rules.append(rule) }
      guard nested.isEmpty else {
        throw WireError(
          reason: "an additional HTTP binding has additional bindings", offset: binding.startIndex)
      }
    }
    return rules
  }

  private static func parseOne(
    _ bytes: ArraySlice<UInt8>, additional: inout [ArraySlice<UInt8>], limit: Int
  ) throws(WireError) -> HTTPRule? {
    var reader = WireReader(bytes)
    var verb = ""
    var path = ""
    var body = ""
    var responseBody = ""
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 2: (verb, path) = ("GET", try reader.string(tag))
      case 3: (verb, path) = ("PUT", try reader.string(tag))
      case 4: (verb, path) = ("POST", try reader.string(tag))
      case 5: (verb, path) = ("DELETE", try reader.string(tag))
      case 6: (verb, path) = ("PATCH", try reader.string(tag))
      case 7: body = try reader.string(tag)
      case 8:
        var custom = WireReader(try reader.lengthDelimited(tag))
        (verb, path) = ("", "")
        while let tag = try custom.nextTag() {
          switch tag.number {
          case 1: verb = try custom.string(tag)
          case 2: path = try custom.string(tag)
          default: try custom.skip(tag)
          }
        }
      case 11:
        additional.append(try reader.lengthDelimited(tag))
        guard additional.count < limit else {
          throw WireError(reason: "more than \(limit) HTTP bindings", offset: reader.offset)
        }
      case 12: responseBody = try reader.string(tag)
      default: try reader.skip(tag)
      }
    }
    // A rule without a pattern binds nothing.
    guard !verb.isEmpty, !path.isEmpty else { return nil }
    return HTTPRule(
      verb: verb, path: path, body: body.isEmpty ? nil : body,
      responseBody: responseBody.isEmpty ? nil : responseBody)
  }
}
