import WeftProtobuf

/// Why a text is not JSON.
struct JSONSyntaxError: Error, Hashable, CustomStringConvertible {
  let offset: Int
  let reason: String

  /// What Go says when the text ends too early; its clients look for it.
  static let earlyEnd = "unexpected EOF"

  var description: String { reason == Self.earlyEnd ? reason : "\(reason) at byte \(offset + 1)" }
}

/// Reads one JSON text (RFC 8259), whole, with a limit on its nesting.
struct JSONParser {
  /// Deeper nesting is refused: no body of this API comes near it, and each level takes stack.
  static let maxDepth = 64

  private let bytes: [UInt8]
  private var offset = 0

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes)
    let value = try parser.value(depth: 0)
    parser.skipBlanks()
    if parser.offset < bytes.count { throw parser.fail("there is more after the value") }
    return value
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private func fail(_ reason: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: offset, reason: offset < bytes.count ? reason : JSONSyntaxError.earlyEnd)
  }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    guard depth < Self.maxDepth else { throw fail("the JSON is nested deeper than \(Self.maxDepth) levels") }
    skipBlanks()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || byte.isASCIIDigit: return try number()
    default: throw fail("a value is wanted here")
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    for byte in word.utf8 {
      guard take(byte) else { throw fail("\(word) is not spelled right") }
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    offset += 1
    var members: [JSONValue.Member] = []
    skipBlanks()
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipBlanks()
      guard current == UInt8(ascii: "\"") else { throw fail("a member's name is wanted here") }
      let name = try string()
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw fail("a colon is wanted here") }
      members.append(.init(name: name, value: try value(depth: depth + 1)))
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw fail("a comma or the end of the object is wanted here") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    offset += 1
    var elements: [JSONValue] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw fail("a comma or the end of the array is wanted here") }
    return .array(elements)
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = offset
    _ = take(UInt8(ascii: "-"))
    let first = current
    guard digits() > 0 else { throw fail("a digit is wanted here") }
    if first == UInt8(ascii: "0"), offset - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
      throw fail("a number does not begin with a zero")
    }
    if take(UInt8(ascii: ".")), digits() == 0 { throw fail("a digit is wanted here") }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      if digits() == 0 { throw fail("a digit is wanted here") }
    }
    return .number(String(decoding: bytes[start..<offset], as: UTF8.self))
  }

  private mutating func digits() -> Int {
    let start = offset
    while let byte = current, byte.isASCIIDigit { offset += 1 }
    return offset - start
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    offset += 1
    var text: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw fail("the string before this is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        offset += 1
        try escape(into: &text)
      case 0..<0x20: throw fail("a control character in a string must be escaped")
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw fail(JSONSyntaxError.earlyEnd)
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    guard let byte = current else { throw fail(JSONSyntaxError.earlyEnd) }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
    default:
      offset -= 1
      throw fail("there is no such escape sequence")
    }
  }

  /// What follows `\u`, with the second half of a surrogate pair.
  private mutating func scalar() throws(JSONSyntaxError) -> Character {
    let high = try hexadecimal()
    if let scalar = Unicode.Scalar(high) { return Character(scalar) }
    guard high < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw fail("half of a surrogate pair is missing")
    }
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw fail("half of a surrogate pair is missing") }
    return Character(scalar)
  }

  private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = current?.hexDigitValue else { throw fail("four hexadecimal digits are wanted here") }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
