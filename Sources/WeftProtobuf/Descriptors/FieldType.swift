/// The declared type of a field; raw values are those of `google.protobuf.FieldDescriptorProto.Type`.
public enum FieldType: Int32, Sendable, Hashable, CaseIterable {
  case double = 1
  case float = 2
  case int64 = 3
  case uint64 = 4
  case int32 = 5
  case fixed64 = 6
  case fixed32 = 7
  case bool = 8
  case string = 9
  case group = 10
  case message = 11
  case bytes = 12
  case uint32 = 13
  case `enum` = 14
  case sfixed32 = 15
  case sfixed64 = 16
  case sint32 = 17
  case sint64 = 18

  /// Whether several values may share one length-delimited record: numbers, booleans and enums.
  public var isPackable: Bool {
    switch self {
    case .string, .bytes, .message, .group: false
    default: true
    }
  }

  /// Whether the language guide allows this type as the key of a map.
  public var isMapKey: Bool {
    switch self {
    case .double, .float, .bytes, .message, .group, .enum: false
    default: true
    }
  }
}

/// How often a field may occur; raw values are those of `google.protobuf.FieldDescriptorProto.Label`.
public enum FieldLabel: Int32, Sendable, Hashable {
  case optional = 1
  case required = 2
  case repeated = 3
}

/// How an API means a field to be used; raw values are those of `google.api.FieldBehavior`.
public enum FieldBehavior: Int32, Sendable, Hashable {
  case optional = 1
  /// Must be given in requests.
  case required = 2
  /// Only in answers; ignored in requests.
  case outputOnly = 3
  /// Only in requests, as passwords are.
  case inputOnly = 4
  /// May be set once, and not changed.
  case immutable = 5
  case unorderedList = 6
  case nonEmptyDefault = 7
  case identifier = 8
}
