/// Access to members of C structs by their ``FieldCodec``, for code that knows types only at run time.
enum CStruct {
  /// The member of a singular field, marked as present. A oneof that held another member is emptied first.
  static func present(_ field: FieldCodec, in message: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let place = message + field.offset
    guard field.quantifier != 0 else { return place }
    if field.isOneof {
      if message.load(fromByteOffset: field.quantifier, as: UInt32.self) != UInt32(field.number) {
        place.initializeMemory(as: UInt8.self, repeating: 0, count: field.elementSize)
        message.storeBytes(of: UInt32(field.number), toByteOffset: field.quantifier, as: UInt32.self)
      }
    } else {
      message.storeBytes(of: 1, toByteOffset: field.quantifier, as: UInt32.self)
    }
    return place
  }

  /// Whether a singular field is set: by its word, by its pointer, or by differing from its default.
  static func isPresent(_ field: FieldCodec, in message: UnsafeRawPointer) -> Bool {
    if field.isOneof {
      return message.load(fromByteOffset: field.quantifier, as: UInt32.self) == UInt32(field.number)
    }
    if field.quantifier != 0 { return message.load(fromByteOffset: field.quantifier, as: UInt32.self) != 0 }
    if field.isRequired { return true }
    switch field.elementSize {
    case 4: return message.load(fromByteOffset: field.offset, as: UInt32.self) != 0
    default: return message.load(fromByteOffset: field.offset, as: UInt64.self) != 0
    }
  }

  /// As if it never had been set.
  static func clear(_ field: FieldCodec, in message: UnsafeMutableRawPointer) {
    if field.isRepeated {
      message.storeBytes(of: 0, toByteOffset: field.quantifier, as: Int.self)
      return
    }
    if field.isOneof {
      guard isPresent(field, in: message) else { return }
    }
    if field.quantifier != 0 { message.storeBytes(of: 0, toByteOffset: field.quantifier, as: UInt32.self) }
    (message + field.offset).initializeMemory(as: UInt8.self, repeating: 0, count: field.elementSize)
  }

  /// How many elements a repeated field has.
  static func count(of field: FieldCodec, in message: UnsafeRawPointer) -> Int {
    message.load(fromByteOffset: field.quantifier, as: Int.self)
  }

  static func dropLast(of field: FieldCodec, in message: UnsafeMutableRawPointer) {
    let count = count(of: field, in: message)
    if count > 0 { message.storeBytes(of: count - 1, toByteOffset: field.quantifier, as: Int.self) }
  }

  /// The first element of a repeated field.
  static func elements(of field: FieldCodec, in message: UnsafeRawPointer) -> UnsafeRawPointer? {
    message.load(fromByteOffset: field.offset, as: UnsafeRawPointer?.self)
  }

  /// The message that a member or an element points to; nil stands for an empty one.
  static func child(at place: UnsafeRawPointer) -> UnsafeMutableRawPointer? {
    place.load(as: UnsafeMutableRawPointer?.self)
  }

  static func data(at place: UnsafeRawPointer) -> UnsafeBufferPointer<UInt8> { CField.data(place, 0) }

  static func setData(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int, at place: UnsafeMutableRawPointer)
  {
    place.storeBytes(of: count, as: Int.self)
    place.storeBytes(of: start, toByteOffset: 8, as: UnsafeMutablePointer<UInt8>?.self)
  }
}
