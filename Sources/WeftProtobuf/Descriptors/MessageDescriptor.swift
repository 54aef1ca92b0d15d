/// A message type of a ``DescriptorPool``.
public final class MessageDescriptor: Sendable {
  public let name: String
  /// Package, enclosing messages and name, without a leading dot.
  public let fullName: String
  /// Position in ``DescriptorPool/messages``, dense, for tables kept beside the pool.
  public let index: Int
  /// Whether the compiler made this type for the entries of a map field.
  public let isMapEntry: Bool
  public let isDeprecated: Bool
  public let comment: String?
  public unowned let file: FileDescriptor
  /// The message that this one is declared in.
  public unowned let containingType: MessageDescriptor?
  /// Numbers that other files may extend, from `extensions` statements (proto2).
  public let extensionRanges: [Range<Int32>]

  /// Tables for encoding and decoding.
  let codec = CodecSlot()

  // Filled by the linker before the pool is visible to anyone, and never changed after.
  /// In order of declaration.
  nonisolated(unsafe) public internal(set) var fields: [FieldDescriptor] = []
  /// Those written in the source; the synthetic ones of proto3 `optional` are left out.
  nonisolated(unsafe) public internal(set) var oneofs: [OneofDescriptor] = []
  nonisolated(unsafe) public internal(set) var nestedMessages: [MessageDescriptor] = []
  nonisolated(unsafe) public internal(set) var nestedEnums: [EnumDescriptor] = []
  /// Extensions declared within the message, of whatever type.
  nonisolated(unsafe) public internal(set) var nestedExtensions: [FieldDescriptor] = []
  /// Set for the types that the JSON mapping treats in a way of their own.
  nonisolated(unsafe) public internal(set) var wellKnownType: WellKnownType?
  nonisolated(unsafe) var fieldsByNumber: [Int32: FieldDescriptor] = [:]
  nonisolated(unsafe) var fieldsByName: [String: FieldDescriptor] = [:]
  nonisolated(unsafe) var fieldsByJSONName: [String: FieldDescriptor] = [:]

  init(
    _ parsed: ParsedMessage, fullName: String, index: Int, file: FileDescriptor,
    containingType: MessageDescriptor?, comment: String?
  ) {
    name = parsed.name
    self.fullName = fullName
    self.index = index
    isMapEntry = parsed.isMapEntry
    isDeprecated = parsed.isDeprecated
    extensionRanges = parsed.extensionRanges
    self.comment = comment
    self.file = file
    self.containingType = containingType
  }

  public func field(number: Int) -> FieldDescriptor? {
    Int32(exactly: number).flatMap { fieldsByNumber[$0] }
  }

  /// By the name in the `.proto` file.
  public func field(named name: String) -> FieldDescriptor? { fieldsByName[name] }

  /// By its JSON name or its original name, as the JSON mapping has parsers accept both.
  public func field(jsonName name: String) -> FieldDescriptor? {
    fieldsByJSONName[name] ?? fieldsByName[name]
  }
}

/// A `oneof` that is written in the source of a message.
public final class OneofDescriptor: Sendable {
  public let name: String
  /// Position in ``MessageDescriptor/oneofs``.
  public let index: Int
  public let comment: String?
  public unowned let message: MessageDescriptor
  // Filled by the linker, as those of the message.
  nonisolated(unsafe) public internal(set) var fields: [FieldDescriptor] = []

  init(name: String, index: Int, message: MessageDescriptor, comment: String?) {
    self.name = name
    self.index = index
    self.message = message
    self.comment = comment
  }
}
