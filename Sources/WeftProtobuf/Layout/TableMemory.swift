internal import CProtobufC
internal import CWeftCodec

/// Memory of the C tables of one message type, freed together.
final class TableMemory {
  private var blocks: [UnsafeMutableRawPointer] = []
  private var enumerations: [EnumCodec] = []

  deinit {
    for block in blocks { block.deallocate() }
  }

  func allocate<T: BitwiseCopyable>(
    _ type: T.Type, count: Int, filledWith value: T
  ) -> UnsafeMutablePointer<T> {
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count * MemoryLayout<T>.stride), alignment: max(8, MemoryLayout<T>.alignment))
    blocks.append(block)
    return block.initializeMemory(as: T.self, repeating: value, count: count)
  }

  /// A copy of `bytes` that does not move.
  func bytes(_ bytes: some Collection<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let copy = allocate(UInt8.self, count: bytes.count, filledWith: 0)
    for (index, byte) in bytes.enumerated() { copy[index] = byte }
    return UnsafeBufferPointer(start: copy, count: bytes.count)
  }

  func string(_ text: String) -> UnsafePointer<CChar> {
    let copy = allocate(CChar.self, count: text.utf8.count + 1, filledWith: 0)
    for (index, byte) in text.utf8.enumerated() { copy[index] = CChar(bitPattern: byte) }
    return UnsafePointer(copy)
  }

  func enumeration(_ descriptor: EnumDescriptor) -> EnumCodec {
    let codec = EnumCodec(descriptor, memory: self)
    enumerations.append(codec)
    return codec
  }

  /// protobuf-c's table of runs of consecutive numbers; `numbers` is sorted and without repeats. It is ended by an
  /// entry that holds the total.
  func ranges(_ numbers: [Int32]) -> (start: UnsafePointer<ProtobufCIntRange>, count: Int) {
    var ranges: [ProtobufCIntRange] = []
    for (index, number) in numbers.enumerated() where index == 0 || numbers[index - 1] != number - 1 {
      ranges.append(ProtobufCIntRange(start_value: number, orig_index: UInt32(index)))
    }
    let end = ProtobufCIntRange(start_value: 0, orig_index: UInt32(numbers.count))
    let copy = allocate(ProtobufCIntRange.self, count: ranges.count + 1, filledWith: end)
    for (index, range) in ranges.enumerated() { copy[index] = range }
    return (UnsafePointer(copy), ranges.count)
  }

  func cField(
    _ field: FieldDescriptor, at place: MessageLayout.Field,
    child: UnsafeMutablePointer<ProtobufCMessageDescriptor>?, in message: MessageDescriptor
  ) -> ProtobufCFieldDescriptor {
    var result = ProtobufCFieldDescriptor()
    result.name = string(field.name)
    result.id = UInt32(field.number)
    result.label = field.cLabel
    result.type = field.type.cType
    result.offset = UInt32(place.offset)
    result.quantifier_offset = UInt32(place.quantifier ?? 0)
    result.descriptor = child.map { UnsafeRawPointer($0) }
    if field.isPacked { result.flags |= PROTOBUF_C_FIELD_FLAG_PACKED.rawValue }
    if field.oneof != nil || field.isProto3Optional { result.flags |= PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue }
    if field.type == .string { result.reserved_flags |= UInt32(WEFT_FIELD_UTF8) }
    if field.isMap { result.reserved_flags |= UInt32(WEFT_FIELD_MAP) }
    if message.isMapEntry { result.reserved_flags |= UInt32(WEFT_FIELD_ALWAYS) }
    if let enumeration = field.enumType, enumeration.isClosed {
      result.reserved_flags |= UInt32(WEFT_FIELD_CLOSED_ENUM)
      result.descriptor = UnsafeRawPointer(closedEnum(enumeration))
    }
    return result
  }

  private func closedEnum(_ enumeration: EnumDescriptor) -> UnsafePointer<ProtobufCEnumDescriptor> {
    let ranges = ranges(Set(enumeration.values.map(\.number)).sorted())
    var result = ProtobufCEnumDescriptor()
    result.magic = UInt32(PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC)
    result.name = string(enumeration.fullName)
    result.n_value_ranges = UInt32(ranges.count)
    result.value_ranges = ranges.start
    return UnsafePointer(allocate(ProtobufCEnumDescriptor.self, count: 1, filledWith: result))
  }
}

extension FieldDescriptor {
  fileprivate var cLabel: ProtobufCLabel {
    switch label {
    case .repeated: PROTOBUF_C_LABEL_REPEATED
    case .required: PROTOBUF_C_LABEL_REQUIRED
    case .optional: file.syntax == .proto2 ? PROTOBUF_C_LABEL_OPTIONAL : PROTOBUF_C_LABEL_NONE
    }
  }
}

extension FieldType {
  /// Strings are laid out, and so declared, as bytes.
  fileprivate var cType: ProtobufCType {
    switch self {
    case .double: PROTOBUF_C_TYPE_DOUBLE
    case .float: PROTOBUF_C_TYPE_FLOAT
    case .int64: PROTOBUF_C_TYPE_INT64
    case .uint64: PROTOBUF_C_TYPE_UINT64
    case .int32: PROTOBUF_C_TYPE_INT32
    case .fixed64: PROTOBUF_C_TYPE_FIXED64
    case .fixed32: PROTOBUF_C_TYPE_FIXED32
    case .bool: PROTOBUF_C_TYPE_BOOL
    case .string, .bytes: PROTOBUF_C_TYPE_BYTES
    case .group, .message: PROTOBUF_C_TYPE_MESSAGE
    case .uint32: PROTOBUF_C_TYPE_UINT32
    case .enum: PROTOBUF_C_TYPE_ENUM
    case .sfixed32: PROTOBUF_C_TYPE_SFIXED32
    case .sfixed64: PROTOBUF_C_TYPE_SFIXED64
    case .sint32: PROTOBUF_C_TYPE_SINT32
    case .sint64: PROTOBUF_C_TYPE_SINT64
    }
  }
}
