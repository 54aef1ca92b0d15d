/// Documentation comments out of comments of a `.proto` file.
enum DocComment {
  /// Lines that each begin with `///`, whatever the text is: nothing in it can end the comment.
  static func lines(_ comment: String?, deprecated: Bool = false) -> [String] {
    var lines = comment.map(text) ?? []
    if deprecated {
      if !lines.isEmpty { lines.append("") }
      lines.append("- Warning: Deprecated in the `.proto` file.")
    }
    return lines.map { $0.isEmpty ? "///" : "/// " + $0 }
  }

  private static func text(_ comment: String) -> [String] {
    // `isNewline` is true for all that ends a line in Swift or in an editor, such as U+2028.
    var lines = comment.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { trimmed(String(String.UnicodeScalarView($0.unicodeScalars.filter(isHarmless)))) }
    // protoc leaves in the blank that follows the comment marker.
    if lines.allSatisfy({ $0.isEmpty || $0.hasPrefix(" ") }) {
      lines = lines.map { String($0.dropFirst()) }
    }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func trimmed(_ line: String) -> String {
    guard let end = line.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(line[...end])
  }

  /// Control characters have no place in source code, least of all those that reorder what is seen.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09: true
    case ..<0x20, 0x7F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: false
    default: true
    }
  }
}
