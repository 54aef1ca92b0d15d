internal import CWeftCodec

// Strings, unescaped and checked to be UTF-8.
extension JSONReader {
  /// - Parameter copying: whether the bytes must outlive the text. Strings with escapes are copied anyway.
  mutating func string(copying: Bool) throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8> {
    guard isNext("\"") else { throw error("expected a string, found \(found())") }
    let opening = at
    let first = at + 1
    var next = first
    var bits: UInt64 = 0
    var escapes = false
    scan: while true {
      // Eight bytes at a time while none of them is a quote, a backslash or a control character.
      while end - next >= 8 {
        let word = UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)
        if Self.hasSpecial(word) { break }
        bits |= word
        next += 8
      }
      guard next < end else { throw error("a string does not end", at: opening) }
      let byte = next.pointee
      switch byte {
      case UInt8(ascii: "\""): break scan
      case UInt8(ascii: "\\"):
        escapes = true
        next += 2
      case 0..<0x20: throw error("a control character in a string must be escaped", at: next)
      default:
        bits |= UInt64(byte)
        next += 1
      }
    }
    let raw = UnsafeBufferPointer(start: first, count: next - first)
    if bits & 0x8080_8080_8080_8080 != 0, !weft_utf8_valid(first, raw.count) {
      throw error("a string is not UTF-8", at: opening)
    }
    let result = escapes ? try unescaped(raw) : copying ? try copy(raw) : raw
    at = next + 1
    return result
  }

  private static func hasSpecial(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let found =
      ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
    return found & (ones &* 0x80) != 0
  }

  func copy(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8> {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return bytes }
    guard let copy = arena.bytes(bytes.count) else { throw outOfMemory() }
    copy.update(from: start, count: bytes.count)
    return UnsafeBufferPointer(start: copy, count: bytes.count)
  }

  func store(_ bytes: UnsafeBufferPointer<UInt8>, to place: UnsafeMutableRawPointer) {
    CStruct.setData(UnsafeMutablePointer(mutating: bytes.baseAddress), bytes.count, at: place)
  }

  private func unescaped(
    _ raw: UnsafeBufferPointer<UInt8>
  ) throws(JSONDecodingError) -> UnsafeBufferPointer<UInt8> {
    guard let first = raw.baseAddress, let out = arena.bytes(raw.count) else { throw outOfMemory() }
    let limit = first + raw.count
    var next = first
    var written = 0
    while next < limit {
      let byte = next.pointee
      next += 1
      if byte != UInt8(ascii: "\\") {
        out[written] = byte
        written += 1
        continue
      }
      let escape = next.pointee
      next += 1
      if escape == UInt8(ascii: "u") {
        let scalar = try unicodeEscape(&next, limit)
        for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          out[written] = unit
          written += 1
        }
      } else {
        guard let character = Self.shortEscape(escape) else {
          throw error("an unknown escape in a string", at: next - 2)
        }
        out[written] = character
        written += 1
      }
    }
    return UnsafeBufferPointer(start: out, count: written)
  }

  private static func shortEscape(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "t"): 9
    default: nil
    }
  }

  /// Behind `\u`: four digits, and for a high surrogate the low one that must follow.
  private func unicodeEscape(
    _ next: inout UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>
  ) throws(JSONDecodingError) -> Unicode.Scalar {
    let place = next - 2
    let unit = try hexUnit(&next, limit)
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, limit - next >= 6, next[0] == UInt8(ascii: "\\"), next[1] == UInt8(ascii: "u") else {
      throw error("half of a surrogate pair in a string", at: place)
    }
    next += 2
    let low = try hexUnit(&next, limit)
    guard low >= 0xDC00, low < 0xE000,
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else {
      throw error("half of a surrogate pair in a string", at: place)
    }
    return scalar
  }

  private func hexUnit(
    _ next: inout UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>
  ) throws(JSONDecodingError) -> UInt32 {
    guard limit - next >= 4 else { throw error("\\u needs four hexadecimal digits", at: next) }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      let byte = next.pointee
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default: throw error("\\u needs four hexadecimal digits", at: next)
      }
      next += 1
    }
    return unit
  }
}
