/// Reads JSON text straight into C structs, in one pass.
///
/// Every method starts at the value and ends right behind it.
struct JSONReader {
  let start: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  var at: UnsafePointer<UInt8>
  let arena: ArenaReference
  let options: JSONDecodingOptions
  let pool: DescriptorPool?
  /// Whether strings are copied because the text does not outlive the message.
  let copiesStrings: Bool
  /// Levels of objects and arrays that may still open.
  var levels: Int

  init(
    _ text: UnsafeBufferPointer<UInt8>, arena: ArenaReference, options: JSONDecodingOptions,
    pool: DescriptorPool?, copiesStrings: Bool
  ) throws(JSONDecodingError) {
    guard text.count <= options.maxBytes else {
      throw JSONDecodingError(reason: "\(text.count) bytes of JSON exceed the limit of \(options.maxBytes)")
    }
    guard let start = text.baseAddress, !text.isEmpty else {
      throw JSONDecodingError(reason: "expected JSON, found nothing")
    }
    self.start = start
    end = start + text.count
    at = start
    self.arena = arena
    self.options = options
    self.pool = options.pool ?? pool
    self.copiesStrings = copiesStrings
    levels = min(options.maxDepth, JSONDecodingOptions.deepest)
  }

  func error(_ reason: String, at place: UnsafePointer<UInt8>? = nil) -> JSONDecodingError {
    JSONDecodingError(reason: reason, byteOffset: (place ?? at) - start)
  }

  /// The whole text as one message.
  mutating func document(
    into message: UnsafeMutableRawPointer, _ codec: MessageCodec
  ) throws(JSONDecodingError) {
    skipSpace()
    try self.message(into: message, codec)
    try finish()
  }

  /// Nothing may follow the value.
  mutating func finish() throws(JSONDecodingError) {
    skipSpace()
    if at < end { throw error("expected the end of the text, found \(found())") }
  }

  mutating func message(
    into message: UnsafeMutableRawPointer, _ codec: MessageCodec
  ) throws(JSONDecodingError) {
    if let type = codec.wellKnownType {
      try wellKnown(type, into: message, codec)
    } else {
      try object(into: message, codec)
    }
  }

  /// - Parameter isAny: the object is that of a `google.protobuf.Any`, whose `@type` was read before.
  mutating func object(
    into message: UnsafeMutableRawPointer, _ codec: MessageCodec, isAny: Bool = false
  ) throws(JSONDecodingError) {
    try open("{", "an object")
    var seen = SeenFields()
    var expected = 0
    var more = !closes("}")
    while more {
      let keyStart = at
      var index = expected
      if expected >= codec.fields.count || !skip(codec.fields[expected].jsonKey) {
        let key = try key()
        if let known = codec.names.value(of: key) {
          index = Int(known)
        } else if isAny && key.elementsEqual("@type".utf8) {
          try skipValue()
          more = try continues("}")
          continue
        } else if options.ignoreUnknownFields {
          try skipValue()
          more = try continues("}")
          continue
        } else {
          throw error("unknown field", at: keyStart).inField(String(decoding: key, as: UTF8.self))
        }
      }
      let field = codec.fields[index]
      do throws(JSONDecodingError) {
        guard try seen.insert(index, of: codec.fields.count, arena) else {
          throw error("the field is given twice", at: keyStart)
        }
        try value(of: field, in: message, codec, seen: seen)
      } catch {
        throw error.inField(codec.name(of: field))
      }
      expected = index + 1
      more = try continues("}")
    }
  }

  /// The value of a field of `message`, of any shape.
  mutating func value(
    of field: FieldCodec, in message: UnsafeMutableRawPointer, _ codec: MessageCodec,
    seen: SeenFields = SeenFields()
  ) throws(JSONDecodingError) {
    skipSpace()
    if isNull && (field.isRepeated || !acceptsNull(field)) {
      try literal("null")
    } else if field.isMap {
      try map(field, in: message)
    } else if field.isRepeated {
      try list(field, in: message)
    } else {
      try singular(field, in: message, codec, seen: seen)
    }
  }

  private mutating func singular(
    _ field: FieldCodec, in message: UnsafeMutableRawPointer, _ codec: MessageCodec, seen: SeenFields
  ) throws(JSONDecodingError) {
    if field.isOneof {
      let current = message.load(fromByteOffset: field.quantifier, as: UInt32.self)
      if current != 0 && current != UInt32(field.number) {
        if let other = codec.index(ofNumber: current), seen.contains(other) {
          throw error("\(codec.name(of: codec.fields[other])) of the same oneof is given too")
        }
      }
    }
    if field.type == .message {
      let child = try arena.child(of: message, field)
      try self.message(into: child, field.child)
      return
    }
    // Into a place of its own first: an unknown enum name may leave the field as it was.
    try withUnsafeTemporaryStorage { (reader, place) throws(JSONDecodingError) in
      guard try reader.scalar(field, to: place) else { return }
      let target = CStruct.present(field, in: message)
      target.copyMemory(from: place, byteCount: field.elementSize)
    }
  }

  /// Sixteen bytes: room for any one value.
  private mutating func withUnsafeTemporaryStorage(
    _ body: (inout JSONReader, UnsafeMutableRawPointer) throws(JSONDecodingError) -> Void
  ) throws(JSONDecodingError) {
    var storage: (UInt64, UInt64) = (0, 0)
    try withUnsafeMutablePointer(to: &storage) { (pointer) throws(JSONDecodingError) in
      try body(&self, UnsafeMutableRawPointer(pointer))
    }
  }

  /// `null` is a value of its own for `google.protobuf.Value` and `NullValue`; elsewhere it means "not set".
  func acceptsNull(_ field: FieldCodec) -> Bool {
    switch field.type {
    case .message: field.child.wellKnownType == .value
    case .enum: field.enumeration.isNullValue
    default: false
    }
  }
}

/// Which fields of one object were given. Enough of them are inline for most messages.
struct SeenFields {
  private var first: UInt64 = 0
  private var others: UnsafeMutablePointer<UInt64>?

  /// - Returns: false when it was in already.
  mutating func insert(
    _ index: Int, of count: Int, _ arena: ArenaReference
  ) throws(JSONDecodingError) -> Bool {
    let bit: UInt64 = 1 << UInt64(index % 64)
    if index < 64 {
      if first & bit != 0 { return false }
      first |= bit
      return true
    }
    if others == nil {
      let words = (count + 63) / 64
      guard let memory = arena.zeroed(words * 8) else { throw JSONDecodingError(reason: "too much memory") }
      others = memory.bindMemory(to: UInt64.self, capacity: words)
    }
    guard let others, others[index / 64] & bit == 0 else { return false }
    others[index / 64] |= bit
    return true
  }

  func contains(_ index: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(index % 64)
    if index < 64 { return first & bit != 0 }
    return others.map { $0[index / 64] & bit != 0 } ?? false
  }
}
