/// Makes JSON readable, for `?pretty`.
enum JSONIndentation {
  /// The same JSON, which must be well-formed and without blanks, with four blanks a level and a last line break.
  static func indent(_ json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count * 2)
    var depth = 0
    var isInString = false
    var isEscaped = false
    for (index, byte) in json.enumerated() {
      if isInString {
        result.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        isInString = true
        result.append(byte)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        result.append(byte)
        depth += 1
        if index + 1 < json.count, !isClosing(json[index + 1]) { breakLine(depth, &result) }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if index > 0, !isOpening(json[index - 1]) { breakLine(depth, &result) }
        result.append(byte)
      case UInt8(ascii: ","):
        result.append(byte)
        breakLine(depth, &result)
      case UInt8(ascii: ":"):
        result.append(byte)
        result.append(UInt8(ascii: " "))
      default: result.append(byte)
      }
    }
    result.append(UInt8(ascii: "\n"))
    return result
  }

  private static func isOpening(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
  }
  private static func isClosing(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }

  private static func breakLine(_ depth: Int, _ result: inout [UInt8]) {
    result.append(UInt8(ascii: "\n"))
    result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 4 * max(depth, 0)))
  }
}
