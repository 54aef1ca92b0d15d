internal import CProtobufC
internal import CWeftCodec

// What needs the C declarations and is not worth inlining into generated code.
extension CField {
  @usableFromInline static func someUnknown(_ message: UnsafeRawPointer) -> UnknownFields {
    let message = message.assumingMemoryBound(to: ProtobufCMessage.self)
    let size = weft_unknown_size(message)
    return UnknownFields(
      bytes: [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        guard let start = buffer.baseAddress else { return }
        weft_unknown_write(message, start)
        count = size
      })
  }

  @usableFromInline static func setSomeUnknown(
    _ fields: UnknownFields, _ message: UnsafeMutableRawPointer, _ arena: ArenaReference
  ) throws {
    let count = fields.bytes.count
    let copy = try arena.allocate(count)
    fields.bytes.withUnsafeBytes {
      copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: count)
    }
    let status = weft_unknown_append(
      message.assumingMemoryBound(to: ProtobufCMessage.self), copy.assumingMemoryBound(to: UInt8.self), count,
      arena.arena, UInt32(DecodingLimits.deepest))
    if status != WEFT_OK { throw EncodingError.outOfMemory }
  }

  /// A zeroed message of the type that a field of `message` has.
  @usableFromInline static func newChild(
    of message: UnsafeMutableRawPointer, field: Int, _ arena: ArenaReference
  ) throws -> UnsafeMutableRawPointer {
    let table = message.load(as: UnsafePointer<ProtobufCMessageDescriptor>.self)
    guard let type = table.pointee.fields[field].descriptor else {
      preconditionFailure("field \(field) of \(String(cString: table.pointee.name)) is no message")
    }
    guard
      let child = weft_message_new(type.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), arena.arena)
    else { throw EncodingError.outOfMemory }
    return UnsafeMutableRawPointer(child)
  }
}

extension ArenaReference {
  @usableFromInline func array(_ count: Int, elementSize: Int) throws -> UnsafeMutableRawPointer {
    guard let array = reserve(nil, count: 0, extra: count, elementSize: elementSize) else {
      throw EncodingError.outOfMemory
    }
    return array
  }
}
