import WeftProtobuf

/// The name of one request in logs, metadata and answers: `X-Request-ID`.
enum RequestID {
  static let maxBytes = 128

  /// Whether a client's own identifier can be passed on: visible ASCII that needs no quoting anywhere.
  static func isValid(_ text: String) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= maxBytes
      && bytes.allSatisfy { byte in
        if byte.isASCIILetter || byte.isASCIIDigit { return true }
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
          UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "~"):
          return true
        default:
          return false
        }
      }
  }

  /// The client's identifier, or a new one when it has none that can be passed on.
  static func accept(_ text: String?) -> String {
    if let text, isValid(text) { return text }
    return make()
  }

  /// 128 random bits in hexadecimal.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    var text = ""
    text.reserveCapacity(32)
    for _ in 0..<2 {
      let digits = String(generator.next() as UInt64, radix: 16)
      for _ in digits.utf8.count..<16 { text += "0" }
      text += digits
    }
    return text
  }
}
