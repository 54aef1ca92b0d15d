/// A JSON object of a request, read by field name.
///
/// Clients spell the names of fields in CamelCase, in lower case and in snake_case, and Consul takes them all; so
/// case and underscores do not count. The names in maps (`Meta`, `Header`) do. Unknown fields are ignored, except where
/// ``allowOnly(_:)`` asks for them.
struct BodyObject {
  /// Where it is in the body, for errors; empty for the whole.
  let path: String
  private let members: [String: JSONValue]
  /// As they were sent.
  private let names: [String]

  init(_ value: JSONValue, path: String = "") throws(ConsulError) {
    guard case .object(let list) = value else {
      throw Self.wrongKind(path.isEmpty ? "the body" : path, wanted: "an object", value)
    }
    self.path = path
    var members: [String: JSONValue] = [:]
    for member in list { members[Self.canonical(member.name)] = member.value }
    self.members = members
    names = list.map(\.name)
  }

  /// Nothing was sent.
  static let empty = BodyObject()

  private init() {
    path = ""
    members = [:]
    names = []
  }

  static func canonical(_ name: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.utf8.count)
    for byte in name.utf8 where byte != UInt8(ascii: "_") {
      bytes.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value of a field; nil when it is not there, or null.
  func value(_ name: String) -> JSONValue? {
    let value = members[Self.canonical(name)]
    return value == .null ? nil : value
  }

  /// Throws when there is a field that such an object does not have, in Consul's words.
  func allowOnly(_ fields: BodyFields) throws(ConsulError) {
    guard let name = names.first(where: { !fields.contains($0) }) else { return }
    throw .body("json: unknown field \"\(name.prefix(64))\"" + (path.isEmpty ? "" : " in \(path)"))
  }

  var isEmpty: Bool { members.isEmpty }

  func has(_ name: String) -> Bool { value(name) != nil }

  func string(_ name: String) throws(ConsulError) -> String? {
    switch value(name) {
    case nil: return nil
    case .string(let text): return text
    case .some(let value): throw wrongKind(name, wanted: "a string", value)
    }
  }

  /// A string that may be written as a number, as some clients do with ports and times to live.
  func text(_ name: String) throws(ConsulError) -> String? {
    if case .number(let text) = value(name) { return text }
    return try string(name)
  }

  func bool(_ name: String) throws(ConsulError) -> Bool? {
    switch value(name) {
    case nil: return nil
    case .bool(let value): return value
    case .some(let value): throw wrongKind(name, wanted: "a boolean", value)
    }
  }

  func integer<Integer: FixedWidthInteger>(
    _ name: String, as type: Integer.Type = Int.self
  ) throws(ConsulError) -> Integer? {
    switch value(name) {
    case nil: return nil
    case .number(let text):
      if let value = Integer(text) { return value }
      throw ConsulError.body(
        "\(field(name)): \(text) is not a whole number from \(Integer.min) to \(Integer.max)")
    case .some(let value): throw wrongKind(name, wanted: "a number", value)
    }
  }

  /// A duration as Go writes it (`10s`), or a number of nanoseconds. Nil also for an empty text.
  func duration(_ name: String) throws(ConsulError) -> Duration? {
    switch value(name) {
    case nil, .string(""): return nil
    case .string(let text):
      if let duration = GoDuration.parse(text) { return duration }
      throw ConsulError.body("\(field(name)): time: invalid duration \"\(text.prefix(64))\"")
    case .number(let text):
      if let nanoseconds = Int64(text) { return .nanoseconds(nanoseconds) }
      throw ConsulError.body("\(field(name)): \(text) is not a number of nanoseconds")
    case .some(let value): throw wrongKind(name, wanted: "a duration such as \"10s\"", value)
    }
  }

  func strings(_ name: String) throws(ConsulError) -> [String]? {
    guard let value = value(name) else { return nil }
    guard case .array(let elements) = value else { throw wrongKind(name, wanted: "an array", value) }
    var result: [String] = []
    for (index, element) in elements.enumerated() {
      guard case .string(let text) = element else {
        throw Self.wrongKind("\(field(name))[\(index)]", wanted: "a string", element)
      }
      result.append(text)
    }
    return result
  }

  /// A map of strings; its names are kept as they are.
  func stringMap(_ name: String) throws(ConsulError) -> [String: String]? {
    var result: [String: String] = [:]
    guard let members = try map(name) else { return nil }
    for member in members {
      guard case .string(let text) = member.value else {
        throw Self.wrongKind("\(field(name))[\"\(member.name)\"]", wanted: "a string", member.value)
      }
      result[member.name] = text
    }
    return result
  }

  /// The members of an object whose names are data.
  func map(_ name: String) throws(ConsulError) -> [JSONValue.Member]? {
    switch value(name) {
    case nil: return nil
    case .object(let members): return members
    case .some(let value): throw wrongKind(name, wanted: "an object", value)
    }
  }

  func object(_ name: String) throws(ConsulError) -> BodyObject? {
    guard let value = value(name) else { return nil }
    return try BodyObject(value, path: field(name))
  }

  /// An array of objects. Null among them is an empty object, as in Consul.
  func objects(_ name: String) throws(ConsulError) -> [BodyObject] {
    guard let value = value(name) else { return [] }
    guard case .array(let elements) = value else { throw wrongKind(name, wanted: "an array", value) }
    var result: [BodyObject] = []
    for (index, element) in elements.enumerated() {
      result.append(try BodyObject(element, path: "\(field(name))[\(index)]"))
    }
    return result
  }

  func field(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  private func wrongKind(_ name: String, wanted: String, _ value: JSONValue) -> ConsulError {
    Self.wrongKind(field(name), wanted: wanted, value)
  }

  private static func wrongKind(_ field: String, wanted: String, _ value: JSONValue) -> ConsulError {
    .body("\(field): \(wanted) is wanted, not \(value.kind)")
  }
}
