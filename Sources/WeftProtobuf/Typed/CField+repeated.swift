extension CField {
  /// The elements of a repeated field; empty when there are none.
  @inlinable static func elements<T>(
    _ message: UnsafeRawPointer, _ count: Int, _ offset: Int, as type: T.Type
  ) -> UnsafeBufferPointer<T> {
    UnsafeBufferPointer(
      start: message.load(fromByteOffset: offset, as: UnsafePointer<T>?.self),
      count: message.load(fromByteOffset: count, as: Int.self))
  }

  /// A repeated `int32`, `sint32` or `sfixed32` field.
  @inlinable public static func int32s(_ message: UnsafeRawPointer, _ count: Int, _ offset: Int) -> [Int32] {
    Array(elements(message, count, offset, as: Int32.self))
  }

  /// A repeated `uint32` or `fixed32` field.
  @inlinable public static func uint32s(_ message: UnsafeRawPointer, _ count: Int, _ offset: Int) -> [UInt32]
  {
    Array(elements(message, count, offset, as: UInt32.self))
  }

  /// A repeated `int64`, `sint64` or `sfixed64` field.
  @inlinable public static func int64s(_ message: UnsafeRawPointer, _ count: Int, _ offset: Int) -> [Int64] {
    Array(elements(message, count, offset, as: Int64.self))
  }

  /// A repeated `uint64` or `fixed64` field.
  @inlinable public static func uint64s(_ message: UnsafeRawPointer, _ count: Int, _ offset: Int) -> [UInt64]
  {
    Array(elements(message, count, offset, as: UInt64.self))
  }

  /// A repeated `float` field.
  @inlinable public static func floats(_ message: UnsafeRawPointer, _ count: Int, _ offset: Int) -> [Float] {
    Array(elements(message, count, offset, as: Float.self))
  }

  /// A repeated `double` field.
  @inlinable public static func doubles(_ message: UnsafeRawPointer, _ count: Int, _ offset: Int) -> [Double]
  {
    Array(elements(message, count, offset, as: Double.self))
  }

  /// A repeated `bool` field.
  @inlinable public static func bools(_ message: UnsafeRawPointer, _ count: Int, _ offset: Int) -> [Bool] {
    elements(message, count, offset, as: Int32.self).map { $0 != 0 }
  }

  /// A repeated enum field.
  @inlinable public static func enumerations<E: ProtoEnum>(
    _ message: UnsafeRawPointer, _ count: Int, _ offset: Int, as type: E.Type
  ) -> [E] {
    elements(message, count, offset, as: Int32.self).map { E(rawValue: $0) }
  }

  /// A repeated `string` field.
  @inlinable public static func strings(_ message: UnsafeRawPointer, _ count: Int, _ offset: Int) -> [String]
  {
    mapData(message, count, offset) { string($0, 0) }
  }

  /// A repeated `bytes` field.
  @inlinable public static func bytesArray(
    _ message: UnsafeRawPointer, _ count: Int, _ offset: Int
  ) -> [[UInt8]] {
    mapData(message, count, offset) { bytes($0, 0) }
  }

  /// Elements of 16 bytes: length and pointer.
  @inlinable static func mapData<T>(
    _ message: UnsafeRawPointer, _ count: Int, _ offset: Int, _ transform: (UnsafeRawPointer) -> T
  ) -> [T] {
    guard let start = pointer(message, offset) else { return [] }
    return (0..<message.load(fromByteOffset: count, as: Int.self)).map { transform(start + $0 * 16) }
  }

  /// A repeated message field.
  @inlinable public static func messages<M: Message>(
    _ message: UnsafeRawPointer, _ count: Int, _ offset: Int, as type: M.Type
  ) -> [M] {
    elements(message, count, offset, as: UnsafeRawPointer.self).map { M(unsafeCMessage: $0) }
  }

  /// `key` and `value` read from the struct of an entry.
  @inlinable public static func map<K: Hashable, V>(
    _ message: UnsafeRawPointer, _ count: Int, _ offset: Int, key: (UnsafeRawPointer) -> K,
    value: (UnsafeRawPointer) -> V
  ) -> [K: V] {
    let entries = elements(message, count, offset, as: UnsafeRawPointer.self)
    if entries.isEmpty { return [:] }
    var result: [K: V] = [:]
    result.reserveCapacity(entries.count)
    for entry in entries { result[key(entry)] = value(entry) }
    return result
  }
}
