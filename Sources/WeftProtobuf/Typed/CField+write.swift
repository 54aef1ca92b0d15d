extension CField {
  // MARK: Scalars

  /// Writes a number.
  @inlinable public static func set<T: BitwiseCopyable & Numeric>(
    _ value: T, _ message: UnsafeMutableRawPointer, _ offset: Int
  ) {
    message.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  /// protobuf-c's booleans are as wide as `int`.
  @inlinable public static func set(_ value: Bool, _ message: UnsafeMutableRawPointer, _ offset: Int) {
    message.storeBytes(of: value ? 1 : 0, toByteOffset: offset, as: Int32.self)
  }

  /// Writes an enum member.
  @inlinable public static func set<E: ProtoEnum>(
    _ value: E, _ message: UnsafeMutableRawPointer, _ offset: Int
  ) {
    message.storeBytes(of: value.rawValue, toByteOffset: offset, as: Int32.self)
  }

  /// proto2's `has_x`.
  @inlinable public static func setHas(_ message: UnsafeMutableRawPointer, _ quantifier: Int) {
    set(1 as Int32, message, quantifier)
  }

  /// The member of a oneof that is set.
  @inlinable public static func setCase(
    _ message: UnsafeMutableRawPointer, _ quantifier: Int, _ number: UInt32
  ) {
    set(number, message, quantifier)
  }

  // MARK: Strings, bytes, messages

  /// Copies `bytes` into the arena and points a `ProtobufCBinaryData` there.
  @inlinable static func setData(
    _ bytes: UnsafeBufferPointer<UInt8>, _ message: UnsafeMutableRawPointer, _ offset: Int,
    _ arena: ArenaReference
  ) throws {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    let copy = try arena.allocate(bytes.count)
    copy.copyMemory(from: start, byteCount: bytes.count)
    message.storeBytes(of: bytes.count, toByteOffset: offset, as: Int.self)
    message.storeBytes(of: copy, toByteOffset: offset + 8, as: UnsafeMutableRawPointer.self)
  }

  /// Writes a `string` member.
  @inlinable public static func set(
    _ value: String, _ message: UnsafeMutableRawPointer, _ offset: Int, _ arena: ArenaReference
  ) throws {
    // Without a copy of the string; only bridged ones have no contiguous UTF-8.
    if try value.utf8.withContiguousStorageIfAvailable({ try setData($0, message, offset, arena) }) == nil {
      try set(Array(value.utf8), message, offset, arena)
    }
  }

  /// Writes a `bytes` member.
  @inlinable public static func set(
    _ value: [UInt8], _ message: UnsafeMutableRawPointer, _ offset: Int, _ arena: ArenaReference
  ) throws {
    try value.withUnsafeBufferPointer { try setData($0, message, offset, arena) }
  }

  /// - Parameter field: position of the field in order of numbers, ``MessageLayout/Field/index``.
  @inlinable public static func setMessage<M: Message>(
    _ value: M, _ message: UnsafeMutableRawPointer, _ offset: Int, field: Int, _ arena: ArenaReference
  ) throws {
    let child = try newChild(of: message, field: field, arena)
    try value.fill(unsafeCMessage: child, arena: arena)
    message.storeBytes(of: child, toByteOffset: offset, as: UnsafeMutableRawPointer.self)
  }

  // MARK: Unknown fields

  /// Writes the fields that the type does not declare.
  @inlinable public static func setUnknown(
    _ fields: UnknownFields, _ message: UnsafeMutableRawPointer, _ arena: ArenaReference
  ) throws {
    if !fields.isEmpty { try setSomeUnknown(fields, message, arena) }
  }

  // MARK: Repeated fields

  /// Room for `count` elements, entered into the message.
  @inlinable static func newArray(
    _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int, count: Int, elementSize: Int,
    _ arena: ArenaReference
  ) throws -> UnsafeMutableRawPointer {
    let array = try arena.array(count, elementSize: elementSize)
    message.storeBytes(of: count, toByteOffset: counter, as: Int.self)
    message.storeBytes(of: array, toByteOffset: offset, as: UnsafeMutableRawPointer.self)
    return array
  }

  /// Writes a repeated number.
  @inlinable public static func set<T: BitwiseCopyable & Numeric>(
    _ values: [T], _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int,
    _ arena: ArenaReference
  ) throws {
    if values.isEmpty { return }
    let size = MemoryLayout<T>.stride
    let array = try newArray(message, counter, offset, count: values.count, elementSize: size, arena)
    values.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress { array.copyMemory(from: start, byteCount: bytes.count) }
    }
  }

  /// An array whose elements `store` writes.
  @inlinable static func setElements<T>(
    _ values: [T], size: Int, _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int,
    _ arena: ArenaReference, store: (T, UnsafeMutableRawPointer) throws -> Void
  ) throws {
    if values.isEmpty { return }
    var place = try newArray(message, counter, offset, count: values.count, elementSize: size, arena)
    place.initializeMemory(as: UInt8.self, repeating: 0, count: values.count * size)
    for value in values {
      try store(value, place)
      place += size
    }
  }

  /// Writes a repeated `bool`.
  @inlinable public static func set(
    _ values: [Bool], _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int,
    _ arena: ArenaReference
  ) throws {
    try setElements(values, size: 4, message, counter, offset, arena) { set($0, $1, 0) }
  }

  /// Writes a repeated enum.
  @inlinable public static func set<E: ProtoEnum>(
    _ values: [E], _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int,
    _ arena: ArenaReference
  ) throws {
    try setElements(values, size: 4, message, counter, offset, arena) { set($0, $1, 0) }
  }

  /// Writes a repeated `string`.
  @inlinable public static func set(
    _ values: [String], _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int,
    _ arena: ArenaReference
  ) throws {
    try setElements(values, size: 16, message, counter, offset, arena) { try set($0, $1, 0, arena) }
  }

  /// Writes a repeated `bytes`.
  @inlinable public static func set(
    _ values: [[UInt8]], _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int,
    _ arena: ArenaReference
  ) throws {
    try setElements(values, size: 16, message, counter, offset, arena) { try set($0, $1, 0, arena) }
  }

  /// Writes a repeated message field.
  @inlinable public static func setMessages<M: Message>(
    _ values: [M], _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int, field: Int,
    _ arena: ArenaReference
  ) throws {
    try setElements(values, size: 8, message, counter, offset, arena) { value, place in
      let child = try newChild(of: message, field: field, arena)
      place.storeBytes(of: child, as: UnsafeMutableRawPointer.self)
      try value.fill(unsafeCMessage: child, arena: arena)
    }
  }

  /// `store` writes key and value into the struct of an entry.
  @inlinable public static func setMap<K, V>(
    _ values: [K: V], _ message: UnsafeMutableRawPointer, _ counter: Int, _ offset: Int, field: Int,
    _ arena: ArenaReference, store: (K, V, UnsafeMutableRawPointer) throws -> Void
  ) throws {
    if values.isEmpty { return }
    var place = try newArray(message, counter, offset, count: values.count, elementSize: 8, arena)
    for (key, value) in values {
      let entry = try newChild(of: message, field: field, arena)
      place.storeBytes(of: entry, as: UnsafeMutableRawPointer.self)
      place += 8
      try store(key, value, entry)
    }
  }
}
