/// Small pieces of JSON syntax (RFC 8259).
enum JSONText {
  /// `text` as a JSON string.
  static func quoted(_ text: String) -> [UInt8] {
    var result: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        result += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        result += Array("\\u00".utf8) + [hexDigit(byte >> 4), hexDigit(byte & 15)]
      default:
        result.append(byte)
      }
    }
    result.append(UInt8(ascii: "\""))
    return result
  }

  static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
