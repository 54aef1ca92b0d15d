/// Wire bytes put together by hand.
enum Wire {
  static func varint(_ value: UInt64) -> [UInt8] {
    var value = value
    var result: [UInt8] = []
    while value >= 0x80 {
      result.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    return result + [UInt8(value)]
  }

  static func tag(_ number: Int, _ wireType: UInt64) -> [UInt8] { varint(UInt64(number) << 3 | wireType) }

  static func int(_ number: Int, _ value: UInt64) -> [UInt8] { tag(number, 0) + varint(value) }

  static func bytes(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    tag(number, 2) + varint(UInt64(content.count)) + content
  }

  static func string(_ number: Int, _ content: String) -> [UInt8] { bytes(number, Array(content.utf8)) }

  static func fixed32(_ number: Int, _ value: UInt32) -> [UInt8] {
    tag(number, 5) + (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  static func fixed64(_ number: Int, _ value: UInt64) -> [UInt8] {
    tag(number, 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  static func group(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    tag(number, 3) + content + tag(number, 4)
  }

  /// Field `number` within itself, `depth` times.
  static func nested(_ number: Int, depth: Int) -> [UInt8] {
    var result: [UInt8] = []
    for _ in 0..<depth { result = bytes(number, result) }
    return result
  }
}
