internal import CProtobufC
internal import CWeftCodec

// Allocation for code that knows types only at run time. Nil means that the arena's cap is reached.
extension ArenaReference {
  func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
    weft_arena_alloc(arena, count)?.assumingMemoryBound(to: UInt8.self)
  }

  func zeroed(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let memory = weft_arena_alloc(arena, count) else { return nil }
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    return memory
  }

  func newMessage(_ codec: MessageCodec) -> UnsafeMutableRawPointer? {
    newMessage(UnsafePointer(codec.table))
  }

  /// A new zeroed last element of a repeated field.
  func append(to message: UnsafeMutableRawPointer, _ field: FieldCodec) -> UnsafeMutableRawPointer? {
    let count = CStruct.count(of: field, in: message)
    let size = field.elementSize
    let array = message.load(fromByteOffset: field.offset, as: UnsafeMutableRawPointer?.self)
    guard let grown = reserve(array, count: count, extra: 1, elementSize: size) else { return nil }
    message.storeBytes(of: grown, toByteOffset: field.offset, as: UnsafeMutableRawPointer.self)
    message.storeBytes(of: count + 1, toByteOffset: field.quantifier, as: Int.self)
    let place = grown + count * size
    place.storeBytes(of: 0, as: UInt32.self)
    if size >= 8 { place.storeBytes(of: 0, as: UInt64.self) }
    if size == 16 { place.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self) }
    return place
  }

  /// The message of a singular field, made when there is none yet.
  func child(
    of message: UnsafeMutableRawPointer, _ field: FieldCodec
  ) throws(JSONDecodingError) -> UnsafeMutableRawPointer {
    let place = CStruct.present(field, in: message)
    if let child = CStruct.child(at: place) { return child }
    guard let child = newMessage(field.child) else {
      throw JSONDecodingError(reason: "the message needs more memory than it may have")
    }
    place.storeBytes(of: child, as: UnsafeMutableRawPointer.self)
    return child
  }

  enum Uniqueness: Equatable {
    case unique
    /// The entry has the key of another one.
    case duplicate(entry: UnsafeRawPointer)
    case outOfMemory
  }

  /// Checks the map entries from `first` on for equal keys, then lets them replace those before.
  func uniqueEntries(
    of field: FieldCodec, in message: UnsafeMutableRawPointer, from first: Int
  ) -> Uniqueness {
    let count = CStruct.count(of: field, in: message)
    guard
      let entries = message.load(
        fromByteOffset: field.offset, as: UnsafeMutablePointer<UnsafeMutablePointer<ProtobufCMessage>?>?.self)
    else { return .unique }
    var added = count - first
    var replaced: UnsafeMutablePointer<ProtobufCMessage>?
    guard weft_entries_unique(entries + first, &added, field.table, &replaced) else { return .outOfMemory }
    if let replaced {
      message.storeBytes(of: first + added, toByteOffset: field.quantifier, as: Int.self)
      return .duplicate(entry: UnsafeRawPointer(replaced))
    }
    if first == 0 { return .unique }
    let whole = message.assumingMemoryBound(to: ProtobufCMessage.self)
    return weft_map_unique(whole, field.table) ? .unique : .outOfMemory
  }

  /// A copy of the encoded message that lasts as long as the arena.
  func packed(_ message: UnsafeRawPointer) throws -> UnsafeBufferPointer<UInt8> {
    let packed = try pack(message)
    guard let start = packed.baseAddress, !packed.isEmpty else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    // The encoded bytes lie at the end of the room that is now taken from its start: they may overlap.
    guard let copy = weft_arena_alloc(arena, packed.count) else { throw EncodingError.outOfMemory }
    copy.copyMemory(from: start, byteCount: packed.count)
    return UnsafeBufferPointer(start: copy.assumingMemoryBound(to: UInt8.self), count: packed.count)
  }
}
