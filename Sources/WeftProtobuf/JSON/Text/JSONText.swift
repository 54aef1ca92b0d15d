/// What of a text a JSON string escapes.
package enum JSONEscaping: Sendable {
  /// Quotes, backslashes and control characters: what RFC 8259, section 7, demands, and U+007F.
  case standard
  /// Angle brackets and ampersands as well: should a browser ever take the JSON for a page, it finds no markup in it.
  case markup

  func escapes(_ byte: UInt8) -> Bool {
    switch byte {
    case 0..<0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "\\"): true
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): self == .markup
    default: false
    }
  }
}

/// Strings of JSON.
package enum JSONText {
  /// `text` as a JSON string, quotes included.
  package static func quoted(_ text: String, escaping: JSONEscaping = .standard) -> [UInt8] {
    var bytes: [UInt8] = []
    append(text, to: &bytes, escaping: escaping)
    return bytes
  }

  static func append(_ text: String, to bytes: inout [UInt8], escaping: JSONEscaping) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { text in
      var clean = 0
      for index in text.indices where escaping.escapes(text[index]) {
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[clean..<index]))
        escape(text[index], to: &bytes)
        clean = index + 1
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[clean...]))
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    default:
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(hexDigit(byte >> 4))
      bytes.append(hexDigit(byte & 15))
    }
  }

  static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
