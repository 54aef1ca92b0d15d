import WeftProtobuf

/// A value of a service config's JSON that knows where it stands, for errors that say so.
struct ConfigValue {
  private let value: Google_Protobuf_Value
  let path: String

  init(_ value: Google_Protobuf_Value, path: String = "") {
    self.value = value
    self.path = path
  }

  /// - Throws: ``ServiceConfigError`` when the text is no JSON, or over 1 MiB.
  init(json: String) throws {
    do {
      value = try Google_Protobuf_Value(jsonString: json, options: .init(maxBytes: 1 << 20))
    } catch let error as JSONDecodingError {
      throw ServiceConfigError(path: error.path, reason: "\(error.reason) (byte \(error.byteOffset))")
    }
    path = ""
  }

  func error(_ reason: String) -> ServiceConfigError {
    ServiceConfigError(path: path, reason: reason)
  }

  private func wrong(_ expected: String) -> ServiceConfigError {
    let found =
      switch value.kind {
      case .nullValue, nil: "null"
      case .numberValue(let number): "the number \(number)"
      case .stringValue(let text): "\"\(text.prefix(40))\""
      case .boolValue(let flag): "\(flag)"
      case .structValue: "an object"
      case .listValue: "a list"
      }
    return error("must be \(expected), not \(found)")
  }

  // MARK: Structure

  /// The value of a name; nil when it is absent or null. Names that nobody asks for are ignored, so that
  /// configs of later versions can be read.
  func field(_ name: String) throws -> ConfigValue? {
    guard case .structValue(let object) = value.kind else { throw wrong("an object") }
    guard let field = object.fields[name] else { return nil }
    if case .nullValue = field.kind { return nil }
    return ConfigValue(field, path: path.isEmpty ? name : "\(path).\(name)")
  }

  func required(_ name: String) throws -> ConfigValue {
    guard let field = try field(name) else { throw error("has no \(name)") }
    return field
  }

  /// Names and values of an object, by name.
  func entries() throws -> [(name: String, value: ConfigValue)] {
    guard case .structValue(let object) = value.kind else { throw wrong("an object") }
    return object.fields.sorted { $0.key < $1.key }.map { entry in
      (entry.key, ConfigValue(entry.value, path: path.isEmpty ? entry.key : "\(path).\(entry.key)"))
    }
  }

  func elements() throws -> [ConfigValue] {
    guard case .listValue(let list) = value.kind else { throw wrong("a list") }
    return list.values.enumerated().map { ConfigValue($0.element, path: "\(path)[\($0.offset)]") }
  }

  // MARK: Scalars

  func string() throws -> String {
    guard case .stringValue(let text) = value.kind else { throw wrong("a string") }
    return text
  }

  func bool() throws -> Bool {
    guard case .boolValue(let flag) = value.kind else { throw wrong("true or false") }
    return flag
  }

  /// A number, or one in quotes, as proto3's JSON form allows.
  func number() throws -> Double {
    switch value.kind {
    case .numberValue(let number): return number
    case .stringValue(let text):
      if let number = Double(text), number.isFinite { return number }
      throw wrong("a number")
    default: throw wrong("a number")
    }
  }

  func integer(in range: ClosedRange<Int>) throws -> Int {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let number = Int(exactly: try number()), range.contains(number) else { throw wrong(expected) }
    return number
  }

  /// `"1.5s"`.
  func duration(positive: Bool = false) throws -> Duration {
    guard case .stringValue(let text) = value.kind, let duration = Self.duration(text) else {
      throw wrong("a duration such as \"1.5s\"")
    }
    if duration < .zero { throw wrong("a duration that is not negative") }
    if positive, duration == .zero { throw wrong("a duration longer than 0s") }
    return duration
  }

  private static func duration(_ text: String) -> Duration? {
    // As a JSON string it cannot hold what would need escaping, or it is no duration.
    guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 >= 0x20 }),
      let duration = try? Google_Protobuf_Duration(jsonString: "\"\(text)\"")
    else { return nil }
    return duration.duration
  }

  /// A status code by its name, in either case, or its number.
  func statusCode() throws -> StatusCode {
    switch value.kind {
    case .stringValue(let text):
      if let code = StatusCode.allCases.first(where: { $0.name == text.uppercased() }) { return code }
    case .numberValue(let number):
      if let code = Int(exactly: number).flatMap(StatusCode.init(rawValue:)) { return code }
    default: break
    }
    throw wrong("a status code such as \"UNAVAILABLE\" or 14")
  }

  func statusCodes() throws -> Set<StatusCode> {
    Set(try elements().map { try $0.statusCode() })
  }
}
