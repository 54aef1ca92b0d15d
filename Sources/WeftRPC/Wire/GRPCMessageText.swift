/// The percent-encoding of `grpc-message` (gRPC's `PROTOCOL-HTTP2`, Status-Message).
enum GRPCMessageText {
  /// Longer texts are cut: a status must fit into the peer's limit on header bytes.
  static let maxBytes = 4096

  static func encode(_ text: String) -> String {
    var isPlain = text.utf8.count <= maxBytes
    if isPlain { isPlain = text.utf8.allSatisfy(isUnescaped) }
    if isPlain { return text }
    var result: [UInt8] = []
    for byte in beginning(of: text) {
      if isUnescaped(byte) {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(hex(byte >> 4))
        result.append(hex(byte & 0xf))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// At most ``maxBytes``, and no part of a character.
  private static func beginning(of text: String) -> Substring.UTF8View {
    var end = text.utf8.index(text.startIndex, offsetBy: maxBytes, limitedBy: text.endIndex) ?? text.endIndex
    while end > text.startIndex, end < text.endIndex, text.utf8[end] & 0xc0 == 0x80 {
      end = text.utf8.index(before: end)
    }
    return text.utf8[..<end]
  }

  /// Undoes ``encode(_:)``. What is no valid escape stays as it is.
  static func decode(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let high = rest.first.flatMap(digit),
        let low = rest.dropFirst().first.flatMap(digit)
      {
        result.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isUnescaped(_ byte: UInt8) -> Bool {
    (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "%")
  }

  private static func hex(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
