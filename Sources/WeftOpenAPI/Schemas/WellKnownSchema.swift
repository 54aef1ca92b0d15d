import WeftProtobuf

/// Schemas of the messages that have a JSON form of their own. They are small, and stand where they are used.
enum WellKnownSchema {
  static func schema(of type: WellKnownType) -> JSONObject {
    switch type {
    case .timestamp: ["type": "string", "format": "date-time"]
    case .duration:
      [
        "type": "string", "pattern": #"^-?[0-9]+(\.[0-9]{1,9})?s$"#,
        "description": "Seconds, with up to nine decimals, followed by `s`.",
      ]
    case .fieldMask: ["type": "string", "description": "Paths in lowerCamelCase, separated by commas."]
    case .empty: ["type": "object", "maxProperties": 0]
    case .struct: ["type": "object"]
    case .listValue: ["type": "array", "items": [:]]
    // Any JSON.
    case .value: [:]
    case .any:
      [
        "type": "object",
        "properties": ["@type": ["type": "string", "description": "URL of the message's type."]],
        "required": ["@type"],
        "description": "A message of any type, with its fields beside `@type`.",
      ]
    default: wrapper(type)
    }
  }

  /// Wrappers are their value, or null.
  private static func wrapper(_ type: WellKnownType) -> JSONObject {
    let scalar: FieldType =
      switch type {
      case .doubleValue: .double
      case .floatValue: .float
      case .int64Value: .int64
      case .uint64Value: .uint64
      case .int32Value: .int32
      case .uint32Value: .uint32
      case .boolValue: .bool
      case .bytesValue: .bytes
      default: .string
      }
    var schema = ScalarSchema.schema(of: scalar)
    switch schema["type"] {
    case .string(let name): schema["type"] = .array([.string(name), "null"])
    case .array(let names): schema["type"] = .array(names + ["null"])
    default: break
    }
    return schema
  }
}
