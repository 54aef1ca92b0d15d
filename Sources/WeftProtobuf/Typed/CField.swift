/// What generated code reads from C structs. Offsets are those of ``MessageLayout``; `message` is the struct.
///
/// Nothing here checks: the structs were made by the decoder, the offsets by the generator, from one layout.
public enum CField {
  // MARK: Scalars

  /// An `int32`, `sint32` or `sfixed32` member.
  @inlinable public static func int32(_ message: UnsafeRawPointer, _ offset: Int) -> Int32 {
    message.load(fromByteOffset: offset, as: Int32.self)
  }

  /// A `uint32` or `fixed32` member.
  @inlinable public static func uint32(_ message: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    message.load(fromByteOffset: offset, as: UInt32.self)
  }

  /// An `int64`, `sint64` or `sfixed64` member.
  @inlinable public static func int64(_ message: UnsafeRawPointer, _ offset: Int) -> Int64 {
    message.load(fromByteOffset: offset, as: Int64.self)
  }

  /// A `uint64` or `fixed64` member.
  @inlinable public static func uint64(_ message: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    message.load(fromByteOffset: offset, as: UInt64.self)
  }

  /// A `float` member.
  @inlinable public static func float(_ message: UnsafeRawPointer, _ offset: Int) -> Float {
    message.load(fromByteOffset: offset, as: Float.self)
  }

  /// A `double` member.
  @inlinable public static func double(_ message: UnsafeRawPointer, _ offset: Int) -> Double {
    message.load(fromByteOffset: offset, as: Double.self)
  }

  /// A `bool` member, which is as wide as a C `int`.
  @inlinable public static func bool(_ message: UnsafeRawPointer, _ offset: Int) -> Bool {
    message.load(fromByteOffset: offset, as: Int32.self) != 0
  }

  /// An enum member.
  @inlinable public static func enumeration<E: ProtoEnum>(
    _ message: UnsafeRawPointer, _ offset: Int, as type: E.Type
  ) -> E {
    E(rawValue: int32(message, offset))
  }

  // MARK: Strings, bytes, messages

  /// The bytes of a `ProtobufCBinaryData`.
  @inlinable static func data(_ message: UnsafeRawPointer, _ offset: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(
      start: message.load(fromByteOffset: offset + 8, as: UnsafePointer<UInt8>?.self),
      count: message.load(fromByteOffset: offset, as: Int.self))
  }

  /// A `string` member, copied.
  @inlinable public static func string(_ message: UnsafeRawPointer, _ offset: Int) -> String {
    String(decoding: data(message, offset), as: UTF8.self)
  }

  /// A `bytes` member, copied.
  @inlinable public static func bytes(_ message: UnsafeRawPointer, _ offset: Int) -> [UInt8] {
    Array(data(message, offset))
  }

  /// The struct of a message member; nil when it is not set.
  @inlinable public static func pointer(_ message: UnsafeRawPointer, _ offset: Int) -> UnsafeRawPointer? {
    message.load(fromByteOffset: offset, as: UnsafeRawPointer?.self)
  }

  /// A message member; nil when it is not set.
  @inlinable public static func message<M: Message>(
    _ message: UnsafeRawPointer, _ offset: Int, as type: M.Type
  ) -> M? {
    pointer(message, offset).map { M(unsafeCMessage: $0) }
  }

  // MARK: Presence

  /// proto2's `has_x`.
  @inlinable public static func has(_ message: UnsafeRawPointer, _ quantifier: Int) -> Bool {
    int32(message, quantifier) != 0
  }

  /// The number of the member that is set, or 0.
  @inlinable public static func oneofCase(_ message: UnsafeRawPointer, _ quantifier: Int) -> UInt32 {
    uint32(message, quantifier)
  }

  // MARK: Unknown fields

  /// The fields that the type does not declare.
  @inlinable public static func unknown(_ message: UnsafeRawPointer) -> UnknownFields {
    // The count lies behind the pointer to the type.
    uint32(message, 8) == 0 ? UnknownFields() : someUnknown(message)
  }
}
