internal import CProtobufC
internal import CWeftCodec

/// What decoding and encoding need to know of one field, without reference counts on the way.
struct FieldCodec {
  let number: Int32
  /// In the C descriptor.
  let table: UnsafePointer<ProtobufCFieldDescriptor>
  let type: FieldType
  let offset: Int
  /// 0 when there is none.
  let quantifier: Int
  let isRepeated: Bool
  let isMap: Bool
  /// Member of a oneof, or proto3 `optional`: the quantifier is a case word.
  let isOneof: Bool
  let isSynthetic: Bool
  let hasPresence: Bool
  /// proto2's `required`: always written, as if it were set.
  let isRequired: Bool
  private let childCodec: Unmanaged<MessageCodec>?
  private let enumCodec: Unmanaged<EnumCodec>?
  /// `"name":` as JSON has it, by JSON name and by original name.
  let jsonKey: UnsafeBufferPointer<UInt8>
  let originalKey: UnsafeBufferPointer<UInt8>

  init(
    _ field: FieldDescriptor, table: UnsafePointer<ProtobufCFieldDescriptor>, child: MessageCodec?,
    enumeration: EnumCodec?, memory: TableMemory
  ) {
    number = Int32(field.number)
    self.table = table
    type = field.type
    offset = Int(table.pointee.offset)
    quantifier = Int(table.pointee.quantifier_offset)
    isRepeated = field.isRepeated
    isMap = field.isMap
    isOneof = table.pointee.flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0
    isSynthetic = field.isProto3Optional
    hasPresence = field.hasPresence
    isRequired = field.isRequired
    childCodec = child.map { .passUnretained($0) }
    enumCodec = enumeration.map { .passUnretained($0) }
    jsonKey = memory.bytes(JSONText.quoted(field.jsonName) + [UInt8(ascii: ":")])
    originalKey = memory.bytes(JSONText.quoted(field.name) + [UInt8(ascii: ":")])
  }

  /// The type of a message field.
  var child: MessageCodec {
    guard let childCodec else { preconditionFailure("field \(number) is no message") }
    return childCodec._withUnsafeGuaranteedRef { $0 }
  }

  var enumeration: EnumCodec {
    guard let enumCodec else { preconditionFailure("field \(number) is no enum") }
    return enumCodec._withUnsafeGuaranteedRef { $0 }
  }

  /// Size of one value in the struct or in the array.
  var elementSize: Int { Shape(element: type).size }
}

/// Names and numbers of an enum.
final class EnumCodec {
  unowned let descriptor: EnumDescriptor
  let isClosed: Bool
  let isNullValue: Bool
  let byName: NameTable
  /// `"NAME"` as JSON has it, for each number; sorted by number.
  private let byNumber: UnsafePointer<Entry>
  private let count: Int

  private struct Entry: BitwiseCopyable {
    var number: Int32
    var name: UnsafeBufferPointer<UInt8>
  }

  init(_ descriptor: EnumDescriptor, memory: TableMemory) {
    self.descriptor = descriptor
    isClosed = descriptor.isClosed
    isNullValue = descriptor.isNullValue
    var names = NameTable.Builder()
    var entries: [Int32: Entry] = [:]
    for value in descriptor.values {
      names.add(value.name, value: value.number)
      if entries[value.number] == nil {
        entries[value.number] = Entry(
          number: value.number, name: memory.bytes(JSONText.quoted(value.name)))
      }
    }
    byName = names.build(in: memory)
    let sorted = entries.values.sorted { $0.number < $1.number }
    count = sorted.count
    let empty = Entry(number: 0, name: UnsafeBufferPointer(start: nil, count: 0))
    let copy = memory.allocate(Entry.self, count: sorted.count, filledWith: empty)
    for (index, entry) in sorted.enumerated() { copy[index] = entry }
    byNumber = UnsafePointer(copy)
  }

  /// The quoted name of a declared number.
  func quotedName(_ number: Int32) -> UnsafeBufferPointer<UInt8>? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if byNumber[middle].number == number { return byNumber[middle].name }
      if byNumber[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
