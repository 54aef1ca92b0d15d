/// The messages of `google.protobuf` that have a JSON form of their own.
public enum WellKnownType: String, Sendable, Hashable, CaseIterable {
  case any = "google.protobuf.Any"
  case timestamp = "google.protobuf.Timestamp"
  case duration = "google.protobuf.Duration"
  case fieldMask = "google.protobuf.FieldMask"
  case empty = "google.protobuf.Empty"
  case `struct` = "google.protobuf.Struct"
  case value = "google.protobuf.Value"
  case listValue = "google.protobuf.ListValue"
  case doubleValue = "google.protobuf.DoubleValue"
  case floatValue = "google.protobuf.FloatValue"
  case int64Value = "google.protobuf.Int64Value"
  case uint64Value = "google.protobuf.UInt64Value"
  case int32Value = "google.protobuf.Int32Value"
  case uint32Value = "google.protobuf.UInt32Value"
  case boolValue = "google.protobuf.BoolValue"
  case stringValue = "google.protobuf.StringValue"
  case bytesValue = "google.protobuf.BytesValue"

  /// Whether it wraps one scalar, which then stands for the whole message in JSON.
  public var isWrapper: Bool {
    switch self {
    case .doubleValue, .floatValue, .int64Value, .uint64Value, .int32Value, .uint32Value,
      .boolValue, .stringValue, .bytesValue:
      true
    default:
      false
    }
  }

  /// The fields that the JSON mapping relies on. A set that brings a type of this name with other
  /// fields is refused, so that code can use these without looking.
  var requiredFields: [(number: Int, name: String, type: FieldType, repeated: Bool)] {
    switch self {
    case .any: [(1, "type_url", .string, false), (2, "value", .bytes, false)]
    case .timestamp, .duration: [(1, "seconds", .int64, false), (2, "nanos", .int32, false)]
    case .fieldMask: [(1, "paths", .string, true)]
    case .empty: []
    case .struct: [(1, "fields", .message, true)]
    case .value:
      [
        (1, "null_value", .enum, false), (2, "number_value", .double, false),
        (3, "string_value", .string, false), (4, "bool_value", .bool, false),
        (5, "struct_value", .message, false), (6, "list_value", .message, false),
      ]
    case .listValue: [(1, "values", .message, true)]
    case .doubleValue: [(1, "value", .double, false)]
    case .floatValue: [(1, "value", .float, false)]
    case .int64Value: [(1, "value", .int64, false)]
    case .uint64Value: [(1, "value", .uint64, false)]
    case .int32Value: [(1, "value", .int32, false)]
    case .uint32Value: [(1, "value", .uint32, false)]
    case .boolValue: [(1, "value", .bool, false)]
    case .stringValue: [(1, "value", .string, false)]
    case .bytesValue: [(1, "value", .bytes, false)]
    }
  }
}
