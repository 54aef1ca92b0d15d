/// A field of a message, or an extension.
public final class FieldDescriptor: Sendable {
  public let name: String
  /// Name in JSON: the option `json_name`, or the lower camel case of ``name``.
  public let jsonName: String
  public let number: Int
  /// Position in ``MessageDescriptor/fields``, that is in order of declaration.
  public let index: Int
  public let label: FieldLabel
  /// Whether it was written `optional` in proto3.
  public let isProto3Optional: Bool
  public let isDeprecated: Bool
  public let isExtension: Bool
  /// What `google.api.field_behavior` says of it, for descriptions of an API: nothing here acts upon it.
  public let behaviors: Set<FieldBehavior>
  /// Default as text, from proto2's `default` option.
  public let defaultValue: String?
  public let comment: String?
  public unowned let file: FileDescriptor
  /// Full name of the message or package that it is declared in.
  private let scope: String
  private let declaredPacked: Bool?

  // Filled by the linker before the pool is visible to anyone, and never changed after.
  nonisolated(unsafe) public internal(set) var type: FieldType
  /// The message that has the field; for an extension, the extended one.
  nonisolated(unsafe) public internal(set) unowned var message: MessageDescriptor?
  /// The oneof that it is a member of; nil for proto3 `optional`.
  nonisolated(unsafe) public internal(set) unowned var oneof: OneofDescriptor?
  /// Set when ``type`` is a message or a group.
  nonisolated(unsafe) public internal(set) unowned var messageType: MessageDescriptor?
  /// Set when ``type`` is an enum.
  nonisolated(unsafe) public internal(set) unowned var enumType: EnumDescriptor?

  init(
    _ parsed: ParsedField, type: FieldType, scope: String, index: Int, file: FileDescriptor,
    comment: String?
  ) {
    name = parsed.name
    jsonName = parsed.jsonName ?? FieldDescriptor.jsonName(for: parsed.name)
    self.scope = scope
    number = Int(parsed.number)
    self.index = index
    label = parsed.label
    isProto3Optional = parsed.isProto3Optional
    isDeprecated = parsed.isDeprecated
    isExtension = parsed.extendee != nil
    behaviors = Set(parsed.behaviors.compactMap(FieldBehavior.init))
    defaultValue = parsed.defaultValue
    declaredPacked = parsed.isPacked
    self.type = type
    self.comment = comment
    self.file = file
  }

  /// That of the message or package that it is declared in, and its name.
  public var fullName: String { scope.isEmpty ? name : "\(scope).\(name)" }

  /// Maps are repeated too.
  public var isRepeated: Bool { label == .repeated }

  public var isRequired: Bool { label == .required }

  public var isMap: Bool { isRepeated && messageType?.isMapEntry == true }

  /// The key field of a map's entries.
  public var mapKey: FieldDescriptor? { isMap ? messageType?.field(number: 1) : nil }

  /// The value field of a map's entries.
  public var mapValue: FieldDescriptor? { isMap ? messageType?.field(number: 2) : nil }

  /// Whether values are written packed: as declared, and by default in proto3.
  public var isPacked: Bool {
    isRepeated && type.isPackable && (declaredPacked ?? (file.syntax == .proto3))
  }

  /// Whether a field that is set to its default differs from one that is not set.
  public var hasPresence: Bool {
    guard !isRepeated else { return false }
    return type == .message || type == .group || oneof != nil || isProto3Optional
      || isExtension || file.syntax == .proto2
  }

  /// The lower camel case that the JSON mapping derives: each underscore goes, and the letter after it
  /// is raised.
  static func jsonName(for name: String) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(name.utf8.count)
    var raise = false
    for byte in name.utf8 {
      if byte == UInt8(ascii: "_") {
        raise = true
      } else {
        let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        result.append(raise && isLower ? byte - 32 : byte)
        raise = false
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
