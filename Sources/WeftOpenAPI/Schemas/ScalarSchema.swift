import WeftProtobuf

/// Schemas of numbers, strings and bytes, as the proto3 JSON mapping writes them.
enum ScalarSchema {
  static func schema(of type: FieldType) -> JSONObject {
    switch type {
    // Also "NaN", "Infinity" and "-Infinity".
    case .double: ["type": ["number", "string"], "format": "double"]
    case .float: ["type": ["number", "string"], "format": "float"]
    case .int32, .sint32, .sfixed32: ["type": "integer", "format": "int32"]
    case .uint32, .fixed32: ["type": "integer", "minimum": 0, "maximum": 4_294_967_295]
    // Written as strings, because numbers of JavaScript end at 2^53; read as numbers too.
    case .int64, .sint64, .sfixed64:
      ["type": ["string", "integer"], "format": "int64", "pattern": "^-?[0-9]+$"]
    case .uint64, .fixed64:
      ["type": ["string", "integer"], "format": "uint64", "pattern": "^[0-9]+$", "minimum": 0]
    case .bool: ["type": "boolean"]
    case .string: ["type": "string"]
    case .bytes: ["type": "string", "contentEncoding": "base64"]
    case .message, .group: ["type": "object"]
    case .enum: ["type": "string"]
    }
  }

  /// What the keys of a map look like; JSON has only strings there.
  static func keyPattern(of type: FieldType) -> String? {
    switch type {
    case .bool: "^(true|false)$"
    case .int32, .sint32, .sfixed32, .int64, .sint64, .sfixed64: "^-?[0-9]+$"
    case .uint32, .fixed32, .uint64, .fixed64: "^[0-9]+$"
    default: nil
    }
  }
}
