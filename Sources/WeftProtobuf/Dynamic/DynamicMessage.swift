/// A message of a type that is known only at run time, as a protobuf-c struct in an arena of its own.
///
/// It is a reference, and not safe to use from two tasks at once; a message within it shares its memory.
public final class DynamicMessage {
  public let descriptor: MessageDescriptor
  let storage: MessageStorage
  let tables: MessageCodec
  let pointer: UnsafeMutableRawPointer

  /// An empty message.
  ///
  /// `limits` bound what is merged later. Memory is never given back while the message lives, so it can be merged
  /// into only until ``DecodingLimits/maxArenaBytes`` are used up, input included.
  public init(
    _ type: MessageDescriptor, pool: DescriptorPool, limits: DecodingLimits = .default
  ) {
    descriptor = type
    tables = type.tables
    storage = MessageStorage(pool: pool, limits: limits, cap: max(limits.maxArenaBytes, tables.layout.size))
    guard let pointer = storage.arena.newMessage(tables) else { preconditionFailure("memory is exhausted") }
    self.pointer = pointer
  }

  /// Decodes wire bytes.
  /// - Throws: ``DecodingError``.
  public convenience init(
    _ type: MessageDescriptor, pool: DescriptorPool, serialized bytes: UnsafeRawBufferPointer,
    limits: DecodingLimits = .default
  ) throws {
    self.init(type, pool: pool, limits: limits)
    try merge(serialized: bytes)
  }

  /// Decodes wire bytes.
  /// - Throws: ``DecodingError``.
  public convenience init(
    _ type: MessageDescriptor, pool: DescriptorPool, serialized bytes: [UInt8],
    limits: DecodingLimits = .default
  ) throws {
    self.init(type, pool: pool, limits: limits)
    try merge(serialized: bytes)
  }

  /// A message within another one.
  init(_ pointer: UnsafeMutableRawPointer, _ tables: MessageCodec, in storage: MessageStorage) {
    descriptor = tables.descriptor
    self.tables = tables
    self.storage = storage
    self.pointer = pointer
  }

  var arena: ArenaReference { storage.arena }

  // MARK: Wire bytes

  /// Decodes wire bytes on top of what is there, as protobuf merges messages. When it fails, what was read before the
  /// fault stays.
  /// - Throws: ``DecodingError``.
  public func merge(serialized bytes: UnsafeRawBufferPointer) throws {
    let copy: UnsafeRawBufferPointer
    do {
      copy = try storage.copy(bytes)
    } catch {
      throw DecodingError.outOfMemory(descriptor.fullName)
    }
    try arena.merge(copy, into: pointer, limits: storage.limits)
  }

  /// Decodes wire bytes on top of what is there.
  /// - Throws: ``DecodingError``.
  public func merge(serialized bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try merge(serialized: $0) }
  }

  /// The wire bytes.
  /// - Throws: ``EncodingError``.
  public func serialized() throws -> [UInt8] { Array(try arena.pack(pointer)) }

  /// Encodes, and lends the bytes to `body`.
  public func serialize<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    try body(arena.pack(pointer))
  }

  // MARK: JSON

  /// Reads the JSON form on top of what is there.
  /// - Throws: ``JSONDecodingError``.
  public func merge(json: UnsafeRawBufferPointer, options: JSONDecodingOptions = .init()) throws {
    var reader = try reader(json, options)
    try reader.document(into: pointer, tables)
  }

  /// Reads the JSON form on top of what is there.
  /// - Throws: ``JSONDecodingError``.
  public func merge(json: [UInt8], options: JSONDecodingOptions = .init()) throws {
    try json.withUnsafeBytes { try merge(json: $0, options: options) }
  }

  /// Reads a JSON value into one field, which may lie in a message within this one.
  /// - Parameter path: the fields from this message to the one that takes the value.
  /// - Throws: ``JSONDecodingError``.
  public func merge(
    json: UnsafeRawBufferPointer, into path: [FieldDescriptor], options: JSONDecodingOptions = .init()
  ) throws {
    let target = try target(of: path)
    var reader = try reader(json, options)
    do throws(JSONDecodingError) {
      reader.skipSpace()
      try reader.value(of: target.field, in: target.message, target.tables)
    } catch {
      throw error.inField(FieldPath.of(path))
    }
    try reader.finish()
  }

  public func merge(
    json: [UInt8], into path: [FieldDescriptor], options: JSONDecodingOptions = .init()
  ) throws {
    try json.withUnsafeBytes { try merge(json: $0, into: path, options: options) }
  }

  /// The JSON form.
  /// - Throws: ``JSONEncodingError``.
  public func json(options: JSONEncodingOptions = .init()) throws -> [UInt8] {
    var writer = JSONWriter(options: options, pool: storage.pool)
    try writer.message(pointer, tables)
    return Array(writer.sink.bytes)
  }

  /// The JSON form of one field, whether it is set or not.
  /// - Throws: ``JSONEncodingError``.
  public func json(field: FieldDescriptor, options: JSONEncodingOptions = .init()) throws -> [UInt8] {
    guard let codec = tables.field(field) else {
      throw JSONEncodingError(path: field.name, reason: "is no field of \(descriptor.fullName)")
    }
    var writer = JSONWriter(options: options, pool: storage.pool)
    do throws(JSONEncodingError) {
      try writer.value(of: codec, in: pointer)
    } catch {
      throw error.inField(field.jsonName)
    }
    return Array(writer.sink.bytes)
  }

  private func reader(
    _ json: UnsafeRawBufferPointer, _ options: JSONDecodingOptions
  ) throws(JSONDecodingError) -> JSONReader {
    try JSONReader(
      json.bindMemory(to: UInt8.self), arena: arena, options: options, pool: storage.pool, copiesStrings: true
    )
  }

  // MARK: Paths

  struct Target {
    let field: FieldCodec
    let message: UnsafeMutableRawPointer
    let tables: MessageCodec
  }

  /// The message that holds the last field of a path; those on the way are made when they are missing.
  func target(of path: [FieldDescriptor]) throws(JSONDecodingError) -> Target {
    var message = pointer
    var tables = tables
    for (index, descriptor) in path.enumerated() {
      guard let field = tables.field(descriptor) else {
        throw JSONDecodingError(
          path: FieldPath.of(path), reason: "\(descriptor.name) is no field of \(tables.descriptor.fullName)")
      }
      if index == path.count - 1 { return Target(field: field, message: message, tables: tables) }
      guard field.type == .message, !field.isRepeated else {
        throw JSONDecodingError(
          path: FieldPath.of(path),
          reason: "\(descriptor.name) is no single message, so nothing lies within it")
      }
      message = try arena.child(of: message, field)
      tables = field.child
    }
    throw JSONDecodingError(reason: "a path names no field")
  }
}

extension FieldPath {
  static func of(_ path: [FieldDescriptor]) -> String { path.map(\.jsonName).joined(separator: ".") }
}
