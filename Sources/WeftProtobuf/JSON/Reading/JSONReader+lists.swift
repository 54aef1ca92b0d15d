// Lists and maps.
extension JSONReader {
  mutating func list(_ field: FieldCodec, in message: UnsafeMutableRawPointer) throws(JSONDecodingError) {
    try open("[", "a list")
    var more = !closes("]")
    var index = 0
    while more {
      do throws(JSONDecodingError) {
        try element(field, in: message)
      } catch {
        throw error.inElement(index)
      }
      index += 1
      more = try continues("]")
    }
  }

  private mutating func element(
    _ field: FieldCodec, in message: UnsafeMutableRawPointer
  ) throws(JSONDecodingError) {
    if isNull && !acceptsNull(field) { throw error("null is no element of a list") }
    guard let place = arena.append(to: message, field) else { throw outOfMemory() }
    if field.type == .message {
      guard let child = arena.newMessage(field.child) else {
        CStruct.dropLast(of: field, in: message)
        throw outOfMemory()
      }
      place.storeBytes(of: child, as: UnsafeMutableRawPointer.self)
      try self.message(into: child, field.child)
    } else {
      var kept = false
      defer { if !kept { CStruct.dropLast(of: field, in: message) } }
      kept = try scalar(field, to: place)
    }
  }

  mutating func map(_ field: FieldCodec, in message: UnsafeMutableRawPointer) throws(JSONDecodingError) {
    let before = CStruct.count(of: field, in: message)
    try open("{", "an object")
    let entryCodec = field.child
    guard entryCodec.fields.count == 2 else { throw error("the map's entry type is damaged") }
    let (keyField, valueField) = (entryCodec.fields[0], entryCodec.fields[1])
    var more = !closes("}")
    while more {
      let keyStart = at
      let key = try key()
      guard let entry = arena.newMessage(entryCodec) else { throw outOfMemory() }
      do throws(JSONDecodingError) {
        try mapKey(key, keyField, to: entry + keyField.offset, at: keyStart)
        if isNull && !acceptsNull(valueField) { throw error("null is no value of a map") }
        if valueField.type == .message {
          guard let child = arena.newMessage(valueField.child) else { throw outOfMemory() }
          entry.storeBytes(of: child, toByteOffset: valueField.offset, as: UnsafeMutableRawPointer.self)
          try self.message(into: child, valueField.child)
        } else if try !scalar(valueField, to: entry + valueField.offset) {
          more = try continues("}")
          continue
        }
      } catch {
        throw error.inEntry(String(decoding: key, as: UTF8.self))
      }
      guard let place = arena.append(to: message, field) else { throw outOfMemory() }
      place.storeBytes(of: entry, as: UnsafeMutableRawPointer.self)
      more = try continues("}")
    }
    switch arena.uniqueEntries(of: field, in: message, from: before) {
    case .unique: break
    case .duplicate(let entry):
      throw error("the key is given twice").inEntry(text(ofKey: keyField, in: entry))
    case .outOfMemory: throw outOfMemory()
    }
  }

  /// A map key as JSON has it, without quotes.
  private func text(ofKey field: FieldCodec, in entry: UnsafeRawPointer) -> String {
    let place = entry + field.offset
    return switch field.type {
    case .string: CField.string(place, 0)
    case .bool: String(CField.bool(place, 0))
    case .int32, .sint32, .sfixed32: String(CField.int32(place, 0))
    case .uint32, .fixed32: String(CField.uint32(place, 0))
    case .int64, .sint64, .sfixed64: String(CField.int64(place, 0))
    default: String(CField.uint64(place, 0))
    }
  }

  private func mapKey(
    _ key: UnsafeBufferPointer<UInt8>, _ field: FieldCodec, to place: UnsafeMutableRawPointer,
    at keyStart: UnsafePointer<UInt8>
  ) throws(JSONDecodingError) {
    switch field.type {
    case .string:
      try store(copiesStrings ? copy(key) : key, to: place)
    case .bool:
      if key.elementsEqual("true".utf8) {
        place.storeBytes(of: 1, as: Int32.self)
      } else if key.elementsEqual("false".utf8) {
        place.storeBytes(of: 0, as: Int32.self)
      } else {
        throw error("a key of this map is true or false", at: keyStart)
      }
    default:
      if let reason = ScalarText.storeInteger(key, field.type, to: place) {
        throw error(reason, at: keyStart)
      }
    }
  }
}
