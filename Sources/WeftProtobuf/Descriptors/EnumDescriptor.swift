/// An enum type of a ``DescriptorPool``.
public final class EnumDescriptor: Sendable {
  public let name: String
  /// Package, enclosing messages and name, without a leading dot.
  public let fullName: String
  /// Position in ``DescriptorPool/enums``, dense, for tables kept beside the pool.
  public let index: Int
  /// Whether numbers that are not declared are left to the unknown fields, as proto2 has it.
  public let isClosed: Bool
  public let allowsAlias: Bool
  public let isDeprecated: Bool
  public let comment: String?
  /// In order of declaration; never empty.
  public let values: [EnumValueDescriptor]
  public unowned let file: FileDescriptor
  /// The message that it is declared in.
  public unowned let containingType: MessageDescriptor?
  private let valuesByNumber: [Int32: Int]
  private let valuesByName: [String: Int]

  init(
    _ parsed: ParsedEnum, values: [EnumValueDescriptor], fullName: String, index: Int,
    file: FileDescriptor, containingType: MessageDescriptor?, comment: String?
  ) {
    name = parsed.name
    self.fullName = fullName
    self.index = index
    isClosed = file.syntax == .proto2
    allowsAlias = parsed.allowsAlias
    isDeprecated = parsed.isDeprecated
    self.comment = comment
    self.values = values
    self.file = file
    self.containingType = containingType
    valuesByNumber = Dictionary(
      values.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
    valuesByName = Dictionary(
      values.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The first value declared with this number; later ones are aliases.
  public func value(number: Int32) -> EnumValueDescriptor? { valuesByNumber[number].map { values[$0] } }

  public func value(named name: String) -> EnumValueDescriptor? { valuesByName[name].map { values[$0] } }

  /// Whether this is `google.protobuf.NullValue`, which is `null` in JSON.
  public var isNullValue: Bool { fullName == "google.protobuf.NullValue" }
}

/// One named number of an enum.
public struct EnumValueDescriptor: Sendable, Hashable {
  public let name: String
  public let number: Int32
  public let isDeprecated: Bool
  public let comment: String?
}
