/// Percent-decoding of paths and queries (RFC 3986, section 2.1).
package enum PercentDecoder {
  /// Why a text was refused.
  package struct Failure: Error, Hashable {
    /// Index of the byte at fault, in the indices of the slice that was given.
    package let offset: Int
    package let reason: String
  }

  /// Decodes everything; with `plusIsSpace`, also `+` as in HTML forms.
  package static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false) throws(Failure) -> String
  {
    try decode(bytes, keepingSlashes: false, plusIsSpace: plusIsSpace)
  }

  /// Decodes all but `%2F`: an encoded slash is not a separator and must not become one.
  package static func decodeKeepingSlashes(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
    try decode(bytes, keepingSlashes: true, plusIsSpace: false)
  }

  private static func decode(
    _ bytes: ArraySlice<UInt8>, keepingSlashes: Bool, plusIsSpace: Bool
  ) throws(Failure) -> String {
    guard bytes.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) })
    else { return try string(bytes, of: bytes) }

    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "+") where plusIsSpace:
        decoded.append(UInt8(ascii: " "))
        index += 1
      case UInt8(ascii: "%"):
        guard index + 2 < bytes.endIndex, let high = bytes[index + 1].hexDigitValue,
          let low = bytes[index + 2].hexDigitValue
        else {
          let shown = printable(bytes[index..<min(index + 3, bytes.endIndex)])
          throw Failure(
            offset: index, reason: "\"\(shown)\" is not a percent sign with two hexadecimal digits")
        }
        let value = high << 4 | low
        if keepingSlashes && value == UInt8(ascii: "/") {
          decoded.append(contentsOf: bytes[index..<(index + 3)])
        } else {
          decoded.append(value)
        }
        index += 3
      default:
        decoded.append(byte)
        index += 1
      }
    }
    return try string(decoded[...], of: bytes)
  }

  private static func string(
    _ decoded: ArraySlice<UInt8>, of source: ArraySlice<UInt8>
  ) throws(Failure) -> String {
    guard let text = String(validating: decoded, as: UTF8.self) else {
      throw Failure(
        offset: source.startIndex,
        reason: "\"\(printable(source.prefix(100)))\" is not UTF-8 when decoded")
    }
    return text
  }

  private static func printable(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes {
      text.unicodeScalars.append(byte >= 0x20 && byte < 0x7F ? Unicode.Scalar(byte) : "\u{FFFD}")
    }
    return text
  }
}

extension UInt8 {
  package var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  package var isASCIILetter: Bool {
    let lower = self | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }

  /// The value of a hexadecimal digit.
  package var hexDigitValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
