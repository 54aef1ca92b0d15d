import WeftProtobuf

/// Identifiers in the form of UUIDs: 32 hexadecimal digits in groups.
enum UUIDText {
  private static let groups = [8, 4, 4, 4, 12]

  static func isValid(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return parts.map(\.count) == groups && parts.allSatisfy { $0.allSatisfy { $0.hexDigitValue != nil } }
  }

  /// Whether a text is as long as one and has no other characters.
  static func hasForm(_ text: String) -> Bool {
    text.utf8.count == 36 && text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0.hexDigitValue != nil }
  }

  static func random() -> String { text(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)) }

  static func text(high: UInt64, low: UInt64) -> String {
    var digits = (hexadecimal(high) + hexadecimal(low))[...]
    return groups.map { count in
      defer { digits = digits.dropFirst(count) }
      return String(digits.prefix(count))
    }.joined(separator: "-")
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
