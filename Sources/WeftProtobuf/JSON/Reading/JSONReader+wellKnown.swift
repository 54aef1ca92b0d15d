// The types of google.protobuf that have a JSON form of their own.
extension JSONReader {
  /// The new value replaces what the message held.
  mutating func wellKnown(
    _ type: WellKnownType, into message: UnsafeMutableRawPointer, _ codec: MessageCodec
  ) throws(JSONDecodingError) {
    for field in codec.fields { CStruct.clear(field, in: message) }
    switch type {
    case .any: try any(into: message, codec)
    case .timestamp:
      try secondsAndNanos("an RFC 3339 time", into: message, codec, TimestampText.parse)
    case .duration:
      try secondsAndNanos("a duration such as 1.5s", into: message, codec, DurationText.parse)
    case .fieldMask: try fieldMask(into: message, codec)
    case .empty: try object(into: message, codec)
    case .struct: try map(codec.fields[0], in: message)
    case .listValue: try list(codec.fields[0], in: message)
    case .value: try value(into: message, codec)
    default:
      let field = codec.fields[0]
      _ = try scalar(field, to: message + field.offset)
    }
  }

  private mutating func secondsAndNanos(
    _ what: String, into message: UnsafeMutableRawPointer, _ codec: MessageCodec,
    _ parse: (UnsafeBufferPointer<UInt8>) -> (seconds: Int64, nanos: Int32)?
  ) throws(JSONDecodingError) {
    let first = at
    guard isNext("\"") else { throw error("expected \(what), found \(found())") }
    guard let (seconds, nanos) = parse(try string(copying: false)) else {
      throw error("the string is not \(what), or out of range", at: first)
    }
    message.storeBytes(of: seconds, toByteOffset: codec.fields[0].offset, as: Int64.self)
    message.storeBytes(of: nanos, toByteOffset: codec.fields[1].offset, as: Int32.self)
  }

  private mutating func fieldMask(
    into message: UnsafeMutableRawPointer, _ codec: MessageCodec
  ) throws(JSONDecodingError) {
    let first = at
    let text = try string(copying: false)
    if let reason = arena.appendPaths(text, to: message, codec.fields[0]) { throw error(reason, at: first) }
  }

  private mutating func value(
    into message: UnsafeMutableRawPointer, _ codec: MessageCodec
  ) throws(JSONDecodingError) {
    guard at < end else { throw error("expected a value, found the end") }
    let number: Int
    switch at.pointee {
    case UInt8(ascii: "n"): number = 1
    case UInt8(ascii: "\""): number = 3
    case UInt8(ascii: "t"), UInt8(ascii: "f"): number = 4
    case UInt8(ascii: "{"): number = 5
    case UInt8(ascii: "["): number = 6
    default: number = 2
    }
    let field = codec.fields[number - 1]
    if number >= 5 {
      let child = try arena.child(of: message, field)
      try self.message(into: child, field.child)
    } else {
      let place = CStruct.present(field, in: message)
      _ = try scalar(field, to: place)
    }
  }

  /// `{"@type": "...", ...}`: the type is found first, wherever it stands; then the object is read as of that type.
  private mutating func any(
    into message: UnsafeMutableRawPointer, _ codec: MessageCodec
  ) throws(JSONDecodingError) {
    let first = at
    guard let url = try typeURL() else {
      // Only the empty object has no type: it is the empty Any.
      try open("{", "an object")
      if closes("}") { return }
      throw error("an Any has no \"@type\"", at: first)
    }
    let name = url.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? [][...]
    guard name.count < url.count, let type = pool?.message(named: String(decoding: name, as: UTF8.self))
    else {
      throw error("the type \"\(String(decoding: url, as: UTF8.self))\" is not known", at: first)
    }
    let inner = type.tables
    guard let content = arena.newMessage(inner) else { throw outOfMemory() }
    if inner.wellKnownType == nil {
      try object(into: content, inner, isAny: true)
    } else {
      try wrappedValue(into: content, inner)
    }
    let packed: UnsafeBufferPointer<UInt8>
    do {
      packed = try arena.packed(content)
    } catch {
      throw self.error("the content of an Any is too large or too deep", at: first)
    }
    try store(copy(url), to: message + codec.fields[0].offset)
    store(packed, to: message + codec.fields[1].offset)
  }

  /// `{"@type": "...", "value": ...}`, for types that are no object in JSON.
  private mutating func wrappedValue(
    into content: UnsafeMutableRawPointer, _ codec: MessageCodec
  ) throws(JSONDecodingError) {
    try open("{", "an object")
    var more = !closes("}")
    var isGiven = false
    while more {
      let first = at
      let key = try key()
      if key.elementsEqual("value".utf8) {
        if isGiven { throw error("the field is given twice", at: first).inField("value") }
        isGiven = true
        try message(into: content, codec)
      } else if key.elementsEqual("@type".utf8) || options.ignoreUnknownFields {
        try skipValue()
      } else {
        throw error("unknown field", at: first).inField(String(decoding: key, as: UTF8.self))
      }
      more = try continues("}")
    }
  }

  /// The `@type` of the object that starts here, which stays unread.
  private func typeURL() throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8>? {
    var ahead = self
    var url: UnsafeBufferPointer<UInt8>?
    try ahead.open("{", "an object")
    var more = !ahead.closes("}")
    while more {
      let first = ahead.at
      if try ahead.key().elementsEqual("@type".utf8) {
        if url != nil { throw error("\"@type\" is given twice", at: first) }
        url = try ahead.string(copying: false)
      } else {
        try ahead.skipValue()
      }
      more = try ahead.continues("}")
    }
    return url
  }
}
