internal import CProtobufC
internal import CWeftCodec
import Synchronization

/// What is known of one message type: its struct's layout, its protobuf-c descriptor, and its JSON names.
///
/// Tables of types that refer to each other point to one another; all of them live exactly as long as their
/// descriptors, that is as long as the pool.
final class MessageCodec: @unchecked Sendable {
  // Nothing changes once the codec is published, hence `@unchecked Sendable`.
  unowned let descriptor: MessageDescriptor
  let layout: MessageLayout
  let wellKnownType: WellKnownType?
  let isMapEntry: Bool
  /// The C descriptor; its `reserved1` points back to this object.
  let table: UnsafeMutablePointer<ProtobufCMessageDescriptor>
  /// In order of number, as the fields of the C descriptor.
  let fields: UnsafeMutableBufferPointer<FieldCodec>
  /// From JSON names and original names to positions in ``fields``.
  let names: NameTable
  private let memory: TableMemory

  /// In order of number. Groups are left out: their bytes are kept as unknown fields.
  private static func members(of descriptor: MessageDescriptor) -> [(FieldDescriptor, MessageLayout.Field)] {
    zip(descriptor.fields, MessageLayout(descriptor).fields)
      .filter { $0.0.type != .group }
      .sorted { $0.0.number < $1.0.number }
  }

  private init(_ descriptor: MessageDescriptor) {
    self.descriptor = descriptor
    layout = MessageLayout(descriptor)
    wellKnownType = descriptor.wellKnownType
    isMapEntry = descriptor.isMapEntry
    memory = TableMemory()
    table = memory.allocate(
      ProtobufCMessageDescriptor.self, count: 1, filledWith: ProtobufCMessageDescriptor())
    let members = Self.members(of: descriptor)
    fields = UnsafeMutableBufferPointer.allocate(capacity: members.count)
    var names = NameTable.Builder()
    for (index, member) in members.enumerated() {
      names.add(member.0.jsonName, value: Int32(index))
    }
    for (index, member) in members.enumerated() {
      names.add(member.0.name, value: Int32(index))
    }
    self.names = names.build(in: memory)
  }

  deinit {
    fields.deinitialize()
    fields.deallocate()
  }

  func field(_ field: FieldDescriptor) -> FieldCodec? {
    fields.first { $0.number == field.number }
  }

  func index(ofNumber number: UInt32) -> Int? {
    weft_field_by_number(table, number).map { $0 - table.pointee.fields }
  }

  /// The JSON name of a field, for error messages.
  func name(of field: FieldCodec) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: field.jsonKey.dropFirst().dropLast(2)), as: UTF8.self)
  }

  static func of(_ message: UnsafeRawPointer) -> MessageCodec {
    let table = message.load(as: UnsafePointer<ProtobufCMessageDescriptor>.self)
    return of(table)
  }

  static func of(_ table: UnsafePointer<ProtobufCMessageDescriptor>) -> MessageCodec {
    guard let pointer = table.pointee.reserved1 else { preconditionFailure("not a message of WeftProtobuf") }
    return Unmanaged<MessageCodec>.fromOpaque(pointer).takeUnretainedValue()
  }
}

extension MessageCodec {
  private static let lock = Mutex<Void>(())

  /// Makes the tables of `descriptor` and of all types that it refers to.
  static func build(_ descriptor: MessageDescriptor) -> MessageCodec {
    lock.withLock { _ in
      if let done = descriptor.codec.codec { return done }
      var made: [Int: MessageCodec] = [:]
      var waiting = [descriptor]
      let root = MessageCodec(descriptor)
      made[descriptor.index] = root
      while let type = waiting.popLast() {
        for field in type.fields where field.type != .group {
          guard let child = field.messageType, made[child.index] == nil, child.codec.codec == nil else {
            continue
          }
          made[child.index] = MessageCodec(child)
          waiting.append(child)
        }
      }
      for codec in made.values {
        codec.link { made[$0.index] ?? $0.codec.codec }
      }
      for codec in made.values { codec.descriptor.codec.publish(codec) }
      return root
    }
  }

  private func link(_ codec: (MessageDescriptor) -> MessageCodec?) {
    let members = Self.members(of: descriptor)
    let cFields = memory.allocate(
      ProtobufCFieldDescriptor.self, count: members.count, filledWith: ProtobufCFieldDescriptor())
    for (index, (field, place)) in members.enumerated() {
      let child = field.messageType.flatMap(codec)
      cFields[index] = memory.cField(field, at: place, child: child?.table, in: descriptor)
      fields.initializeElement(
        at: index,
        to: FieldCodec(
          field, table: cFields + index, child: child,
          enumeration: field.enumType.map { memory.enumeration($0) }, memory: memory))
    }
    let name = memory.string(descriptor.fullName)
    table.pointee.magic = UInt32(PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC)
    table.pointee.name = name
    table.pointee.short_name = name
    table.pointee.c_name = name
    table.pointee.package_name = name
    table.pointee.sizeof_message = layout.size
    table.pointee.n_fields = UInt32(members.count)
    table.pointee.fields = UnsafePointer(cFields)
    let ranges = memory.ranges(members.map { Int32($0.0.number) })
    table.pointee.n_field_ranges = UInt32(ranges.count)
    table.pointee.field_ranges = ranges.start
    table.pointee.reserved1 = Unmanaged.passUnretained(self).toOpaque()
  }
}
