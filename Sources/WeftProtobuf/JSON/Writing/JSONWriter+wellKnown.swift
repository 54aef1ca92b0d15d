extension JSONWriter {
  /// - Parameter message: nil stands for the empty message.
  mutating func wellKnown(
    _ type: WellKnownType, _ message: UnsafeRawPointer?, _ codec: MessageCodec
  ) throws(JSONEncodingError) {
    switch type {
    case .any: try any(message, codec)
    case .timestamp:
      let (seconds, nanos) = secondsAndNanos(message, codec)
      guard TimestampText.isValid(seconds: seconds, nanos: nanos) else {
        throw JSONEncodingError(reason: "a timestamp is outside of the years 1 to 9999")
      }
      sink.put("\"")
      TimestampText.write(seconds: seconds, nanos: nanos, to: &sink)
      sink.put("\"")
    case .duration:
      let (seconds, nanos) = secondsAndNanos(message, codec)
      guard DurationText.isValid(seconds: seconds, nanos: nanos) else {
        throw JSONEncodingError(reason: "a duration is out of range, or its parts differ in sign")
      }
      sink.put("\"")
      DurationText.write(seconds: seconds, nanos: nanos, to: &sink)
      sink.put("\"")
    case .fieldMask: try fieldMask(message, codec)
    case .empty: sink.append("{}")
    case .struct, .listValue:
      guard let message else {
        sink.append(type == .struct ? "{}" : "[]")
        return
      }
      try value(of: codec.fields[0], in: message)
    case .value: try value(message, codec)
    default: try wrapper(message, codec.fields[0])
    }
  }

  private func secondsAndNanos(
    _ message: UnsafeRawPointer?, _ codec: MessageCodec
  ) -> (seconds: Int64, nanos: Int32) {
    guard let message else { return (0, 0) }
    return (CField.int64(message, codec.fields[0].offset), CField.int32(message, codec.fields[1].offset))
  }

  /// The value alone, even when it is at its default.
  private mutating func wrapper(_ message: UnsafeRawPointer?, _ field: FieldCodec) throws(JSONEncodingError) {
    if let message {
      try element(message + field.offset, field)
      return
    }
    switch field.type {
    case .string, .bytes: sink.append("\"\"")
    case .bool: sink.append("false")
    case .int64, .uint64: sink.append("\"0\"")
    default: sink.put("0")
    }
  }

  private mutating func fieldMask(
    _ message: UnsafeRawPointer?, _ codec: MessageCodec
  ) throws(JSONEncodingError) {
    var text: [UInt8] = []
    if let message, let paths = CStruct.elements(of: codec.fields[0], in: message) {
      for index in 0..<CStruct.count(of: codec.fields[0], in: message) {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        guard let path = FieldMaskText.jsonPath(CStruct.data(at: paths + index * 16)) else {
          throw JSONEncodingError(reason: "a path of a field mask has no form in lower camel case")
        }
        text += path
      }
    }
    text.withUnsafeBufferPointer { sink.quoted($0) }
  }

  private mutating func value(_ message: UnsafeRawPointer?, _ codec: MessageCodec) throws(JSONEncodingError) {
    guard let message, let field = codec.fields.first(where: { CStruct.isPresent($0, in: message) }) else {
      throw JSONEncodingError(reason: "a google.protobuf.Value holds nothing")
    }
    if field.type == .double, !CField.double(message, field.offset).isFinite {
      throw JSONEncodingError(reason: "a google.protobuf.Value cannot hold NaN or an infinity")
    }
    try element(message + field.offset, field)
  }

  private mutating func any(_ message: UnsafeRawPointer?, _ codec: MessageCodec) throws(JSONEncodingError) {
    guard let message else {
      sink.append("{}")
      return
    }
    let url = CStruct.data(at: message + codec.fields[0].offset)
    let content = CStruct.data(at: message + codec.fields[1].offset)
    if url.isEmpty && content.isEmpty {
      sink.append("{}")
      return
    }
    let name = url.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? [][...]
    guard name.count < url.count, let type = pool?.message(named: String(decoding: name, as: UTF8.self))
    else {
      throw JSONEncodingError(
        reason: "the type \"\(String(decoding: url, as: UTF8.self))\" of an Any is not known")
    }
    let inner = type.tables
    guard let arena = ArenaReference.acquire(cap: DecodingLimits.default.maxArenaBytes) else {
      throw JSONEncodingError(reason: "memory is exhausted")
    }
    defer { arena.release() }
    guard let unpacked = arena.newMessage(inner) else {
      throw JSONEncodingError(reason: "the content of an Any needs more memory than it may have")
    }
    do {
      try arena.merge(UnsafeRawBufferPointer(content), into: unpacked, limits: .default)
    } catch {
      throw JSONEncodingError(reason: "the content of an Any cannot be decoded: \(error)")
    }
    open("{")
    var isFirst = true
    comma(&isFirst)
    sink.append(options.pretty ? "\"@type\": " : "\"@type\":")
    sink.quoted(url)
    if inner.wellKnownType == nil {
      try fields(of: unpacked, inner, isFirst: &isFirst)
    } else {
      comma(&isFirst)
      sink.append(options.pretty ? "\"value\": " : "\"value\":")
      try self.message(unpacked, inner)
    }
    close("}", isEmpty: false)
  }
}
