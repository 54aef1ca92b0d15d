/// Keys and values as a terminal may show them.
enum KeyText {
  /// The value on one line, or its size when it is no text.
  static func shown(_ value: [UInt8]) -> String {
    guard let text = String(validating: value, as: UTF8.self), isPrintable(text) else {
      return "(\(value.count) bytes)"
    }
    return text.count > 120 ? text.prefix(120) + "… (\(value.count) bytes)" : text
  }

  /// The name, with what a terminal would obey as its number.
  static func shown(_ name: String) -> String {
    guard !isPrintable(name) else { return name }
    return name.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control
        ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }.joined()
  }

  private static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}
