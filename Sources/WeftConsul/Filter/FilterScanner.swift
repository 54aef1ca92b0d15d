import WeftProtobuf

/// The words of a filter, one after another. Blanks before each are skipped.
struct FilterScanner {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// An error at the place that was reached.
  func fail(_ reason: String) -> FilterError {
    FilterError("\(reason), at byte \(offset + 1) of \(bytes.count)")
  }

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return offset == bytes.count
    }
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
  }

  /// Takes a sign such as `==`.
  mutating func take(_ sign: String) -> Bool {
    skipBlanks()
    guard bytes[offset...].starts(with: sign.utf8) else { return false }
    offset += sign.utf8.count
    return true
  }

  /// Takes a whole word such as `and`.
  mutating func take(word: String) -> Bool {
    skipBlanks()
    guard bytes[offset...].starts(with: word.utf8) else { return false }
    let end = offset + word.utf8.count
    if end < bytes.count, Self.continuesName(bytes[end]) || bytes[end] == UInt8(ascii: ".") { return false }
    offset = end
    return true
  }

  /// A string or a number; nil and nothing taken when something else comes.
  mutating func literal() throws(FilterError) -> String? {
    skipBlanks()
    switch current {
    case UInt8(ascii: "\""): return try quoted()
    case UInt8(ascii: "`"): return try backquoted()
    case let byte? where byte == UInt8(ascii: "-") || byte.isASCIIDigit: return try number()
    default: return nil
    }
  }

  /// `name.name["any text"]`; nil and nothing taken when something else comes.
  mutating func selector() throws(FilterError) -> [String]? {
    skipBlanks()
    guard let first = name() else { return nil }
    var parts = [first]
    while let byte = current {
      if byte == UInt8(ascii: ".") {
        offset += 1
        guard let next = name() else { throw fail("a name is wanted after the dot") }
        parts.append(next)
      } else if byte == UInt8(ascii: "[") {
        offset += 1
        skipBlanks()
        guard let byte = current, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`"),
          let key = try literal(), take("]")
        else { throw fail("a quoted key and a closing bracket are wanted here") }
        parts.append(key)
      } else {
        break
      }
    }
    return parts
  }

  private mutating func name() -> String? {
    guard let byte = current, byte.isASCIILetter else { return nil }
    let start = offset
    while let byte = current, Self.continuesName(byte) { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private static func continuesName(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "/")
  }

  private mutating func number() throws(FilterError) -> String {
    let start = offset
    while let byte = current, byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") {
      offset += 1
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let isNumber = !digits.contains("-") && digits.first != "." && digits.last != "." && Double(text) != nil
    let hasLeadingZero = digits.hasPrefix("0") && digits.count > 1 && !digits.hasPrefix("0.")
    guard isNumber, !hasLeadingZero else {
      offset = start
      throw fail("\(text) is not a number")
    }
    return text
  }

  private mutating func backquoted() throws(FilterError) -> String {
    offset += 1
    let start = offset
    while let byte = current, byte != UInt8(ascii: "`") { offset += 1 }
    guard offset < bytes.count else { throw fail("the closing backquote is missing") }
    offset += 1
    return String(decoding: bytes[start..<(offset - 1)], as: UTF8.self)
  }

  private mutating func quoted() throws(FilterError) -> String {
    offset += 1
    var text: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      offset += 1
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      try escape(into: &text)
    }
    guard offset < bytes.count else { throw fail("the closing quote is missing") }
    offset += 1
    guard let string = String(validating: text, as: UTF8.self) else { throw fail("the string is not UTF-8") }
    return string
  }

  /// Go's escape sequences.
  private mutating func escape(into text: inout [UInt8]) throws(FilterError) {
    guard let byte = current else { throw fail("the closing quote is missing") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""): text.append(byte)
    case UInt8(ascii: "a"): text.append(0x07)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "v"): text.append(0x0B)
    case UInt8(ascii: "x"): text.append(UInt8(truncatingIfNeeded: try hexadecimal(digits: 2)))
    case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar(digits: 4)).utf8)
    case UInt8(ascii: "U"): text.append(contentsOf: String(try scalar(digits: 8)).utf8)
    default: throw fail("there is no such escape sequence")
    }
  }

  private mutating func scalar(digits: Int) throws(FilterError) -> Character {
    guard let scalar = Unicode.Scalar(try hexadecimal(digits: digits)) else {
      throw fail("there is no such character")
    }
    return Character(scalar)
  }

  private mutating func hexadecimal(digits: Int) throws(FilterError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = current?.hexDigitValue else {
        throw fail("\(digits) hexadecimal digits are wanted here")
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
