/// Bytes that grow at their end.
struct ByteSink: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 512) {
    start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { start.deallocate() }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  private mutating func grow(_ extra: Int) {
    let larger = max(capacity * 2, count + extra)
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    copy.update(from: start, count: count)
    start.deallocate()
    start = copy
    capacity = larger
  }

  /// Where up to `size` bytes may be written; ``advance(_:)`` then takes them.
  @inline(__always)
  mutating func room(_ size: Int) -> UnsafeMutablePointer<UInt8> {
    if capacity - count < size { grow(size) }
    return start + count
  }

  @inline(__always)
  mutating func advance(_ size: Int) { count += size }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    room(1).pointee = byte
    count += 1
  }

  @inline(__always)
  mutating func put(_ character: Unicode.Scalar) { append(UInt8(ascii: character)) }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    room(bytes.count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  mutating func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(contentsOf bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append($0) }
  }

  mutating func unsigned(_ value: UInt64) {
    let room = room(20)
    var digits = 1
    var rest = value
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    rest = value
    for index in stride(from: digits - 1, through: 0, by: -1) {
      room[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += digits
  }

  mutating func signed(_ value: Int64) {
    if value < 0 { put("-") }
    unsigned(value.magnitude)
  }

  /// With leading zeros.
  mutating func digits(_ value: Int, width: Int) {
    let room = room(width)
    var rest = value
    for index in stride(from: width - 1, through: 0, by: -1) {
      room[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    count += width
  }

  /// A point and 3, 6 or 9 digits; nothing for none.
  mutating func fraction(_ nanos: Int32) {
    if nanos == 0 { return }
    put(".")
    if nanos % 1_000_000 == 0 {
      digits(Int(nanos / 1_000_000), width: 3)
    } else if nanos % 1000 == 0 {
      digits(Int(nanos / 1000), width: 6)
    } else {
      digits(Int(nanos), width: 9)
    }
  }
}
