/// The query of a request: the first value of each name.
struct PageQuery: Sendable {
  private var values: [String: String] = [:]

  init(_ text: String?) {
    for pair in (text ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = Self.decode(parts[0])
      if values[name] == nil { values[name] = Self.decode(parts.count > 1 ? parts[1] : "") }
    }
  }

  subscript(name: String) -> String? { values[name] }

  /// Percent signs that lead no two digits stand for themselves (as in the WHATWG URL standard), and bytes that are no
  /// UTF-8 become replacement characters.
  private static func decode(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+") {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"), let pair = Self.byte(rest.prefix(2)) {
        bytes.append(pair)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func byte(_ digits: Substring.UTF8View.SubSequence) -> UInt8? {
    guard digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
      return nil
    }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
