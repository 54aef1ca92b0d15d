import WeftProtobuf

/// What stands between the quotes of a JSON string, as text (RFC 8259, section 7).
enum JSONStringDecoder {
  static func decode(_ raw: ArraySlice<UInt8>) throws(JSONObjectScanner.Failure) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(raw.count)
    var index = raw.startIndex
    while index < raw.endIndex {
      let byte = raw[index]
      guard byte >= 0x20 else {
        throw JSONObjectScanner.Failure(
          offset: index, reason: "a control character in a string must be escaped")
      }
      guard byte == UInt8(ascii: "\\") else {
        decoded.append(byte)
        index += 1
        continue
      }
      let scalar = try escape(in: raw, at: &index)
      decoded.append(contentsOf: String(Character(scalar)).utf8)
    }
    guard let text = String(validating: decoded, as: UTF8.self) else {
      throw JSONObjectScanner.Failure(offset: raw.startIndex, reason: "a string is not UTF-8")
    }
    return text
  }

  /// Reads the escape at `index` and moves past it.
  private static func escape(
    in raw: ArraySlice<UInt8>, at index: inout Int
  ) throws(JSONObjectScanner.Failure) -> Unicode.Scalar {
    let start = index
    let kind = index + 1 < raw.endIndex ? raw[index + 1] : 0
    index += 2
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(in: raw, at: index) else { break }
      index += 4
      if let scalar = Unicode.Scalar(unit) { return scalar }
      // A high surrogate: its low half must follow.
      guard unit < 0xDC00, index + 1 < raw.endIndex, raw[index] == UInt8(ascii: "\\"),
        raw[index + 1] == UInt8(ascii: "u"), let low = codeUnit(in: raw, at: index + 2),
        (0xDC00...0xDFFF).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
      else { break }
      index += 6
      return scalar
    default: break
    }
    throw JSONObjectScanner.Failure(offset: start, reason: "a bad escape in a string")
  }

  private static func codeUnit(in raw: ArraySlice<UInt8>, at index: Int) -> UInt16? {
    guard index + 4 <= raw.endIndex else { return nil }
    var unit: UInt16 = 0
    for byte in raw[index..<(index + 4)] {
      guard let digit = byte.hexDigitValue else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}
