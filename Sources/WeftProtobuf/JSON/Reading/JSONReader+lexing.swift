// The syntax of RFC 8259.
extension JSONReader {
  @inline(__always)
  mutating func skipSpace() {
    while at < end {
      switch at.pointee {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): at += 1
      default: return
      }
    }
  }

  @inline(__always)
  func isNext(_ character: Unicode.Scalar) -> Bool { at < end && at.pointee == UInt8(ascii: character) }

  var isNull: Bool { isNext("n") }

  /// What is there, for error messages.
  func found() -> String {
    guard at < end else { return "the end" }
    switch at.pointee {
    case UInt8(ascii: "{"): return "an object"
    case UInt8(ascii: "["): return "a list"
    case UInt8(ascii: "\""): return "a string"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return "a boolean"
    case UInt8(ascii: "n"): return "null"
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return "a number"
    case let byte where byte >= 0x20 && byte < 0x7F: return "'\(Character(Unicode.Scalar(byte)))'"
    case let byte: return "byte \(byte)"
    }
  }

  mutating func expect(_ character: Unicode.Scalar) throws(JSONDecodingError) {
    skipSpace()
    guard isNext(character) else { throw error("expected '\(character)', found \(found())") }
    at += 1
  }

  mutating func literal(_ word: StaticString) throws(JSONDecodingError) {
    let length = word.utf8CodeUnitCount
    guard end - at >= length, (0..<length).allSatisfy({ at[$0] == word.utf8Start[$0] }) else {
      throw error("expected \(word)")
    }
    at += length
  }

  /// Goes one level down.
  mutating func open(_ bracket: Unicode.Scalar, _ what: String) throws(JSONDecodingError) {
    guard isNext(bracket) else { throw error("expected \(what), found \(found())") }
    guard levels > 0 else { throw error("objects and lists are nested too deeply") }
    levels -= 1
    at += 1
    skipSpace()
  }

  /// Whether the object or list ends at once; then it goes one level up.
  mutating func closes(_ bracket: Unicode.Scalar) -> Bool {
    guard isNext(bracket) else { return false }
    at += 1
    levels += 1
    return true
  }

  /// Behind a member: false when the object or list ends, true at the next member.
  mutating func continues(_ bracket: Unicode.Scalar) throws(JSONDecodingError) -> Bool {
    skipSpace()
    if closes(bracket) { return false }
    guard isNext(",") else { throw error("expected ',' or '\(bracket)', found \(found())") }
    at += 1
    skipSpace()
    return true
  }

  /// Skips `bytes` when they come next.
  @inline(__always)
  mutating func skip(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard end - at > bytes.count else { return false }
    for index in 0..<bytes.count where at[index] != bytes[index] { return false }
    at += bytes.count
    skipSpace()
    return true
  }

  /// A member's name and the colon.
  mutating func key() throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8> {
    guard isNext("\"") else { throw error("expected a name in quotes, found \(found())") }
    let key = try string(copying: false)
    try expect(":")
    skipSpace()
    return key
  }

  /// The end of the number that starts here, which must be one as RFC 8259 has it.
  func endOfNumber() throws(JSONDecodingError) -> UnsafePointer<UInt8> {
    var next = at
    func digits(_ next: inout UnsafePointer<UInt8>) -> Bool {
      let first = next
      while next < end, next.pointee &- UInt8(ascii: "0") < 10 { next += 1 }
      return next > first
    }
    if next < end, next.pointee == UInt8(ascii: "-") { next += 1 }
    let first = next
    guard digits(&next), next - first == 1 || first.pointee != UInt8(ascii: "0") else {
      throw error(next > first ? "a number starts with a zero" : "expected a number, found \(found())")
    }
    if next < end, next.pointee == UInt8(ascii: ".") {
      next += 1
      guard digits(&next) else { throw error("a number has no digit behind its point") }
    }
    if next < end, next.pointee | 0x20 == UInt8(ascii: "e") {
      next += 1
      if next < end, next.pointee == UInt8(ascii: "+") || next.pointee == UInt8(ascii: "-") { next += 1 }
      guard digits(&next) else { throw error("a number has no digit in its exponent") }
    }
    return next
  }

  /// Any value, checked but not kept.
  mutating func skipValue() throws(JSONDecodingError) {
    skipSpace()
    guard at < end else { throw error("expected a value, found the end") }
    switch at.pointee {
    case UInt8(ascii: "{"):
      try open("{", "an object")
      var more = !closes("}")
      while more {
        _ = try key()
        try skipValue()
        more = try continues("}")
      }
    case UInt8(ascii: "["):
      try open("[", "a list")
      var more = !closes("]")
      while more {
        try skipValue()
        more = try continues("]")
      }
    case UInt8(ascii: "\""): _ = try string(copying: false)
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: at = try endOfNumber()
    }
  }

  func outOfMemory() -> JSONDecodingError { error("the message needs more memory than it may have") }
}
