/// A JSON value as it stood in a request (RFC 8259). Numbers keep their text, so that 64-bit integers stay whole.
indirect enum JSONValue: Sendable, Hashable {
  struct Member: Sendable, Hashable {
    var name: String
    var value: JSONValue
  }

  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  /// The members in their order; a name may occur twice, and then the last one counts.
  case object([Member])

  /// What errors call it.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
