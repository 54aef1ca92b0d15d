/// Writes C structs as JSON.
struct JSONWriter: ~Copyable {
  var sink = ByteSink()
  let options: JSONEncodingOptions
  let pool: DescriptorPool?
  /// How far lines are indented.
  private var level = 0
  /// How many well-known types are open; other messages are counted by ``level``.
  private var wrappers = 0

  /// Messages nest at most so deeply: a thread's stack is finite.
  private static let deepest = 1000

  init(options: JSONEncodingOptions, pool: DescriptorPool?) {
    self.options = options
    self.pool = options.pool ?? pool
  }

  /// - Parameter message: nil stands for the empty message.
  mutating func message(_ message: UnsafeRawPointer?, _ codec: MessageCodec) throws(JSONEncodingError) {
    guard level + wrappers < Self.deepest else {
      throw JSONEncodingError(reason: "messages are nested too deeply")
    }
    if let type = codec.wellKnownType {
      wrappers += 1
      defer { wrappers -= 1 }
      try wellKnown(type, message, codec)
      return
    }
    open("{")
    var isFirst = true
    if let message {
      try fields(of: message, codec, isFirst: &isFirst)
    } else {
      try defaults(of: codec, &isFirst)
    }
    close("}", isEmpty: isFirst)
  }

  mutating func fields(
    of message: UnsafeRawPointer, _ codec: MessageCodec, isFirst: inout Bool
  ) throws(JSONEncodingError) {
    for field in codec.fields {
      let isWritten =
        field.isRepeated ? CStruct.count(of: field, in: message) > 0 : CStruct.isPresent(field, in: message)
      guard isWritten || (options.alwaysPrintFieldsWithNoPresence && !field.hasPresence) else { continue }
      comma(&isFirst)
      key(of: field)
      do throws(JSONEncodingError) {
        try value(of: field, in: message)
      } catch {
        throw error.inField(codec.name(of: field))
      }
    }
  }

  /// What an empty message shows.
  private mutating func defaults(of codec: MessageCodec, _ isFirst: inout Bool) throws(JSONEncodingError) {
    guard options.alwaysPrintFieldsWithNoPresence else { return }
    var zeros: (UInt64, UInt64) = (0, 0)
    for field in codec.fields where !field.hasPresence {
      comma(&isFirst)
      key(of: field)
      if field.isRepeated {
        sink.append(field.isMap ? "{}" : "[]")
      } else {
        let result = withUnsafePointer(to: &zeros) { zeros -> Result<Void, JSONEncodingError> in
          do throws(JSONEncodingError) {
            return .success(try element(UnsafeRawPointer(zeros), field))
          } catch {
            return .failure(error)
          }
        }
        try result.get()
      }
    }
  }

  mutating func key(of field: FieldCodec) {
    sink.append(options.preserveProtoFieldNames ? field.originalKey : field.jsonKey)
    if options.pretty { sink.put(" ") }
  }

  /// The value of a field of any shape.
  mutating func value(of field: FieldCodec, in message: UnsafeRawPointer) throws(JSONEncodingError) {
    if field.isMap {
      try map(field, in: message)
    } else if field.isRepeated {
      try list(field, in: message)
    } else {
      try element(message + field.offset, field)
    }
  }

  private mutating func list(_ field: FieldCodec, in message: UnsafeRawPointer) throws(JSONEncodingError) {
    let count = CStruct.count(of: field, in: message)
    guard count > 0, let elements = CStruct.elements(of: field, in: message) else {
      sink.append("[]")
      return
    }
    open("[")
    var isFirst = true
    for index in 0..<count {
      comma(&isFirst)
      try element(elements + index * field.elementSize, field)
    }
    close("]", isEmpty: false)
  }

  private mutating func map(_ field: FieldCodec, in message: UnsafeRawPointer) throws(JSONEncodingError) {
    let count = CStruct.count(of: field, in: message)
    let codec = field.child
    guard count > 0, let entries = CStruct.elements(of: field, in: message), codec.fields.count == 2 else {
      sink.append("{}")
      return
    }
    open("{")
    var isFirst = true
    for index in 0..<count {
      guard let entry = CStruct.child(at: entries + index * 8) else { continue }
      comma(&isFirst)
      let key = codec.fields[0]
      switch key.type {
      // These are quoted in any case.
      case .string, .int64, .sint64, .sfixed64, .uint64, .fixed64: try element(entry + key.offset, key)
      default:
        sink.put("\"")
        try element(entry + key.offset, key)
        sink.put("\"")
      }
      sink.append(options.pretty ? ": " : ":")
      try element(entry + codec.fields[1].offset, codec.fields[1])
    }
    close("}", isEmpty: false)
  }

  // MARK: Layout

  mutating func open(_ bracket: Unicode.Scalar) {
    sink.put(bracket)
    level += 1
  }

  mutating func close(_ bracket: Unicode.Scalar, isEmpty: Bool) {
    level -= 1
    if !isEmpty { newLine() }
    sink.put(bracket)
  }

  mutating func comma(_ isFirst: inout Bool) {
    if !isFirst { sink.put(",") }
    isFirst = false
    newLine()
  }

  private mutating func newLine() {
    guard options.pretty else { return }
    sink.put("\n")
    for _ in 0..<level { sink.append("  ") }
  }
}
