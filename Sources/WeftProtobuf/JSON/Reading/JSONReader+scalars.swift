// Numbers, booleans, strings, bytes and enums.
extension JSONReader {
  /// Writes one value to `place`, which has room for it.
  /// - Returns: false for an enum name that is unknown and to be ignored; then nothing is written.
  mutating func scalar(
    _ field: FieldCodec, to place: UnsafeMutableRawPointer
  ) throws(JSONDecodingError) -> Bool {
    switch field.type {
    case .string:
      store(try string(copying: copiesStrings), to: place)
    case .bytes:
      try bytes(to: place)
    case .bool:
      try bool(to: place)
    case .enum:
      return try enumeration(field.enumeration, to: place)
    case .float, .double:
      try float(field.type, to: place)
    default:
      try integer(field.type, to: place)
    }
    return true
  }

  private mutating func bool(to place: UnsafeMutableRawPointer) throws(JSONDecodingError) {
    if isNext("t") {
      try literal("true")
      place.storeBytes(of: 1, as: Int32.self)
    } else if isNext("f") {
      try literal("false")
      place.storeBytes(of: 0, as: Int32.self)
    } else {
      throw error("expected true or false, found \(found())")
    }
  }

  /// The text of a number, which may be in quotes.
  private mutating func number(
    _ what: String
  ) throws(JSONDecodingError) -> (text: UnsafeBufferPointer<UInt8>, isQuoted: Bool) {
    guard at < end else { throw error("expected \(what), found the end") }
    if at.pointee == UInt8(ascii: "\"") { return (try string(copying: false), true) }
    guard at.pointee == UInt8(ascii: "-") || at.pointee &- UInt8(ascii: "0") < 10 else {
      throw error("expected \(what), found \(found())")
    }
    let first = at
    at = try endOfNumber()
    return (UnsafeBufferPointer(start: first, count: at - first), false)
  }

  private mutating func integer(_ type: FieldType, to place: UnsafeMutableRawPointer)
    throws(JSONDecodingError)
  {
    let first = at
    let text = try number("a whole number").text
    if let reason = ScalarText.storeInteger(text, type, to: place) { throw error(reason, at: first) }
  }

  private mutating func float(_ type: FieldType, to place: UnsafeMutableRawPointer) throws(JSONDecodingError)
  {
    let first = at
    let (text, isQuoted) = try number("a number")
    if let reason = ScalarText.storeFloat(text, type, names: isQuoted, to: place) {
      throw error(reason, at: first)
    }
  }

  private mutating func bytes(to place: UnsafeMutableRawPointer) throws(JSONDecodingError) {
    let first = at
    let text = try string(copying: false)
    guard let out = arena.bytes(Base64.decodedSize(atMost: text.count)) else { throw outOfMemory() }
    guard let count = Base64.decode(text, to: out) else { throw error("the string is not base64", at: first) }
    CStruct.setData(out, count, at: place)
  }

  private mutating func enumeration(
    _ codec: EnumCodec, to place: UnsafeMutableRawPointer
  ) throws(JSONDecodingError) -> Bool {
    let first = at
    if codec.isNullValue && isNull {
      try literal("null")
      place.storeBytes(of: 0, as: Int32.self)
      return true
    }
    if isNext("\"") {
      let name = try string(copying: false)
      if let number = codec.byName.value(of: name) {
        place.storeBytes(of: number, as: Int32.self)
        return true
      }
      if options.ignoreUnknownFields { return false }
      throw error(
        "\"\(String(decoding: name, as: UTF8.self))\" is no value of \(codec.descriptor.fullName)", at: first)
    }
    let text = try number("the name or number of a value of \(codec.descriptor.fullName)").text
    if let reason = ScalarText.storeInteger(text, .int32, to: place) { throw error(reason, at: first) }
    if codec.isClosed && codec.quotedName(place.load(as: Int32.self)) == nil {
      throw error("the number is no value of \(codec.descriptor.fullName)", at: first)
    }
    return true
  }
}
