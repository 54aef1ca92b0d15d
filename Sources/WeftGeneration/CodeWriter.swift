/// Collects lines of Swift, indented by their blocks.
struct CodeWriter {
  private(set) var text = ""
  private var depth = 0

  mutating func line(_ line: String = "") {
    if !line.isEmpty {
      text.append(String(repeating: "  ", count: depth))
      text.append(line)
    }
    text.append("\n")
  }

  mutating func lines(_ lines: [String]) {
    for line in lines { self.line(line) }
  }

  /// `head {`, what `body` writes one level deeper, and `}`. With parameters it is a closure.
  mutating func block(
    _ head: String, parameters: String? = nil,
    _ body: (inout CodeWriter) throws(GenerationError) -> Void
  ) throws(GenerationError) {
    lines((head + " {" + (parameters.map { " \($0) in" } ?? "")).split(separator: "\n").map(String.init))
    depth += 1
    try body(&self)
    depth -= 1
    line("}")
  }

  /// A blank line, unless a block has only just begun.
  mutating func gap() {
    if !text.hasSuffix("{\n"), !text.hasSuffix("\n\n") { line() }
  }

  /// A Swift string literal for any text.
  static func literal(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": literal.append("\\\(scalar)")
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        literal.append("\\u{\(String(scalar.value, radix: 16))}")
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }
}
