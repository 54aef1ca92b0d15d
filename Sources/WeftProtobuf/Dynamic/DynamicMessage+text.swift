// Values from URLs, where everything is text.
extension DynamicMessage {
  /// Sets a field from the text of a URL's path or query: scalars, enums by name or number, bytes as base64, and the
  /// well-known types that are one word in JSON. A repeated field gets one more element.
  /// - Parameter path: the fields from this message to the one that takes the value.
  /// - Throws: ``JSONDecodingError``, whose path names the field.
  public func setText(_ text: String, path: [FieldDescriptor]) throws {
    let target = try target(of: path)
    var text = text
    do {
      try text.withUTF8 { text in try set(text, target) }
    } catch let error as JSONDecodingError {
      throw error.inField(FieldPath.of(path))
    }
  }

  private func set(_ text: UnsafeBufferPointer<UInt8>, _ target: Target) throws {
    let field = target.field
    if field.isMap { throw JSONDecodingError(reason: "a map cannot be set from text") }
    if field.type == .message { try requireTextForm(field.child) }
    if field.isRepeated {
      guard let place = arena.append(to: target.message, field) else { throw outOfMemory() }
      do {
        if field.type == .message {
          guard let child = arena.newMessage(field.child) else { throw outOfMemory() }
          place.storeBytes(of: child, as: UnsafeMutableRawPointer.self)
          try setMessage(text, child, field.child)
        } else {
          try setScalar(text, field, place)
        }
      } catch {
        CStruct.dropLast(of: field, in: target.message)
        throw error
      }
    } else if field.type == .message {
      try setMessage(text, arena.child(of: target.message, field), field.child)
    } else {
      try setScalar(text, field, CStruct.present(field, in: target.message))
    }
  }

  private func setScalar(
    _ text: UnsafeBufferPointer<UInt8>, _ field: FieldCodec, _ place: UnsafeMutableRawPointer
  ) throws(JSONDecodingError) {
    switch field.type {
    case .string: try setData(text, place)
    case .bytes:
      guard let out = arena.bytes(Base64.decodedSize(atMost: text.count)) else { throw outOfMemory() }
      guard let count = Base64.decode(text, to: out) else { throw refused("is not base64", text) }
      CStruct.setData(out, count, at: place)
    case .bool:
      if text.elementsEqual("true".utf8) {
        CField.set(true, place, 0)
      } else if text.elementsEqual("false".utf8) {
        CField.set(false, place, 0)
      } else {
        throw refused("is neither true nor false", text)
      }
    case .enum:
      if let number = field.enumeration.byName.value(of: text) {
        CField.set(number, place, 0)
      } else if case .success(let number) = ScalarText.integer(text, as: Int32.self) {
        CField.set(number, place, 0)
      } else {
        throw refused("is no value of \(field.enumeration.descriptor.fullName)", text)
      }
    case .float, .double:
      if let reason = ScalarText.storeFloat(text, field.type, names: true, to: place) {
        throw refused("cannot be read: \(reason)", text)
      }
    case .message, .group: throw refused("cannot be a message", text)
    default:
      if let reason = ScalarText.storeInteger(text, field.type, to: place) {
        throw refused("cannot be read: \(reason)", text)
      }
    }
  }

  /// Refused before anything is made.
  private func requireTextForm(_ codec: MessageCodec) throws(JSONDecodingError) {
    switch codec.wellKnownType {
    case .timestamp, .duration, .fieldMask, .value: return
    case let type? where type.isWrapper: return
    default:
      throw JSONDecodingError(
        reason: "a message of type \(codec.descriptor.fullName) cannot be set from text")
    }
  }

  private func setMessage(
    _ text: UnsafeBufferPointer<UInt8>, _ message: UnsafeMutableRawPointer, _ codec: MessageCodec
  ) throws(JSONDecodingError) {
    let type = codec.wellKnownType
    for field in codec.fields { CStruct.clear(field, in: message) }
    switch type {
    case .timestamp, .duration:
      let parsed = type == .timestamp ? TimestampText.parse(text) : DurationText.parse(text)
      guard let (seconds, nanos) = parsed else {
        throw refused(
          type == .timestamp ? "is not an RFC 3339 time, or out of range" : "is not a duration such as 1.5s",
          text)
      }
      CField.set(seconds, message, codec.fields[0].offset)
      CField.set(nanos, message, codec.fields[1].offset)
    case .fieldMask:
      if let reason = arena.appendPaths(text, to: message, codec.fields[0]) { throw refused(reason, text) }
    case .value:
      let field = codec.fields[2]
      try setData(text, CStruct.present(field, in: message))
    default:
      try setScalar(text, codec.fields[0], message + codec.fields[0].offset)
    }
  }

  private func setData(
    _ text: UnsafeBufferPointer<UInt8>, _ place: UnsafeMutableRawPointer
  ) throws(JSONDecodingError) {
    guard let start = text.baseAddress, !text.isEmpty else {
      CStruct.setData(nil, 0, at: place)
      return
    }
    guard let copy = arena.bytes(text.count) else { throw outOfMemory() }
    copy.update(from: start, count: text.count)
    CStruct.setData(copy, text.count, at: place)
  }

  private func refused(_ reason: String, _ text: UnsafeBufferPointer<UInt8>) -> JSONDecodingError {
    let shown = String(decoding: text.prefix(64), as: UTF8.self)
    return JSONDecodingError(reason: "\"\(shown)\" \(reason)")
  }

  private func outOfMemory() -> JSONDecodingError {
    JSONDecodingError(reason: "the message needs more memory than it may have")
  }
}
