extension Message {
  /// Reads the JSON form.
  /// - Throws: ``JSONDecodingError``.
  public init(json: UnsafeRawBufferPointer, options: JSONDecodingOptions = .init()) throws {
    let tables = Self.messageDescriptor.tables
    guard let arena = ArenaReference.acquire(cap: options.maxArenaBytes) else {
      throw JSONDecodingError(reason: "memory is exhausted")
    }
    defer { arena.release() }
    guard let message = arena.newMessage(tables) else {
      throw JSONDecodingError(reason: "the message needs more memory than it may have")
    }
    // The text outlives the struct, so that strings without escapes can stay in it.
    var reader = try JSONReader(
      json.assumingMemoryBound(to: UInt8.self), arena: arena, options: options, pool: nil,
      copiesStrings: false)
    try reader.document(into: message, tables)
    self.init(unsafeCMessage: UnsafeRawPointer(message))
  }

  /// Reads the JSON form.
  /// - Throws: ``JSONDecodingError``.
  public init(json: [UInt8], options: JSONDecodingOptions = .init()) throws {
    self = try json.withUnsafeBytes { try Self(json: $0, options: options) }
  }

  /// Reads the JSON form.
  /// - Throws: ``JSONDecodingError``.
  public init(jsonString: String, options: JSONDecodingOptions = .init()) throws {
    var text = jsonString
    self = try text.withUTF8 { try Self(json: UnsafeRawBufferPointer($0), options: options) }
  }

  /// The JSON form.
  /// - Throws: ``JSONEncodingError``.
  public func json(options: JSONEncodingOptions = .init()) throws -> [UInt8] {
    try withJSON(options) { Array($0) }
  }

  /// The JSON form.
  /// - Throws: ``JSONEncodingError``.
  public func jsonString(options: JSONEncodingOptions = .init()) throws -> String {
    try withJSON(options) { String(decoding: $0, as: UTF8.self) }
  }

  private func withJSON<R>(
    _ options: JSONEncodingOptions, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
  ) throws -> R {
    let tables = Self.messageDescriptor.tables
    guard let arena = ArenaReference.acquire(cap: .max) else {
      throw JSONEncodingError(reason: "memory is exhausted")
    }
    defer { arena.release() }
    guard let message = arena.newMessage(tables) else {
      throw JSONEncodingError(reason: "memory is exhausted")
    }
    try fill(unsafeCMessage: message, arena: arena)
    var writer = JSONWriter(options: options, pool: nil)
    try writer.message(message, tables)
    return try body(writer.sink.bytes)
  }
}
