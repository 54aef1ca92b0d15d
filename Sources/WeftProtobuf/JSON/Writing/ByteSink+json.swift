extension ByteSink {
  /// A JSON string. `text` is UTF-8; only quotes, backslashes and control characters are escaped.
  mutating func quoted(_ text: UnsafeBufferPointer<UInt8>) {
    put("\"")
    guard let start = text.baseAddress else {
      put("\"")
      return
    }
    var clean = 0
    for index in 0..<text.count {
      let byte = text[index]
      if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0x7F { continue }
      append(UnsafeBufferPointer(start: start + clean, count: index - clean))
      clean = index + 1
      escape(byte)
    }
    append(UnsafeBufferPointer(start: start + clean, count: text.count - clean))
    put("\"")
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 8: append("\\b")
    case 9: append("\\t")
    case 10: append("\\n")
    case 12: append("\\f")
    case 13: append("\\r")
    default:
      append("\\u00")
      append(JSONText.hexDigit(byte >> 4))
      append(JSONText.hexDigit(byte & 15))
    }
  }

  /// The shortest digits that read back as the same number; NaN and infinities as strings.
  mutating func number(_ value: Double) {
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, value.sign == .plus || whole != 0 {
      signed(whole)
    } else if value.isFinite {
      shortest(value.description)
    } else {
      special(value)
    }
  }

  mutating func number(_ value: Float) {
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 24, value.sign == .plus || whole != 0 {
      signed(whole)
    } else if value.isFinite {
      shortest(value.description)
    } else {
      special(Double(value))
    }
  }

  /// Swift's descriptions are the shortest that read back; the `.0` of whole numbers is left out.
  private mutating func shortest(_ description: String) {
    var description = description
    description.withUTF8 { text in
      let isWhole =
        text.count > 2 && text[text.count - 1] == UInt8(ascii: "0")
        && text[text.count - 2] == UInt8(ascii: ".")
      append(UnsafeBufferPointer(rebasing: text[..<(isWhole ? text.count - 2 : text.count)]))
    }
  }

  private mutating func special(_ value: Double) {
    if value.isNaN {
      append("\"NaN\"")
    } else if value < 0 {
      append("\"-Infinity\"")
    } else {
      append("\"Infinity\"")
    }
  }

  mutating func base64(_ bytes: UnsafeBufferPointer<UInt8>) {
    put("\"")
    let size = Base64.encodedSize(bytes.count)
    Base64.encode(bytes, to: room(size))
    advance(size)
    put("\"")
  }
}
