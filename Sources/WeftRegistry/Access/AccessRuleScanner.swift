/// The words of rules in the part of HCL 1 that Consul's rules are written in.
struct AccessRuleScanner {
  enum Token: Equatable {
    case identifier(String)
    case string(String)
    case symbol(Character)
    case end
  }

  private var rest: Substring
  private(set) var line = 1

  init(_ text: String) {
    rest = text[...]
  }

  mutating func next() throws(RegistryError) -> Token {
    try skipBlanksAndComments()
    guard let first = rest.first else { return .end }
    if first == "\"" { return .string(try string()) }
    if "{}=:,".contains(first) {
      rest.removeFirst()
      return .symbol(first)
    }
    let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    guard !word.isEmpty else {
      throw fail("unexpected character \(FieldCheck(field: "").quoted(String(first)))")
    }
    rest.removeFirst(word.count)
    return .identifier(String(word))
  }

  func fail(_ reason: String) -> RegistryError {
    FieldCheck(field: "rules").fail("line \(line): \(reason)")
  }

  private mutating func skipBlanksAndComments() throws(RegistryError) {
    while let first = rest.first {
      if first.isWhitespace {
        if first.isNewline { line += 1 }
        rest.removeFirst()
      } else if first == "#" || rest.hasPrefix("//") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        guard let end = rest.firstRange(of: "*/") else { throw fail("the comment has no end") }
        line += rest[..<end.lowerBound].count { $0.isNewline }
        rest = rest[end.upperBound...]
      } else {
        return
      }
    }
  }

  /// Behind the opening quote up to the closing one.
  private mutating func string() throws(RegistryError) -> String {
    rest.removeFirst()
    var text = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return text
      case "\\":
        guard let escaped = rest.popFirst(), let meant = Self.escapes[escaped] else {
          throw fail("unknown escape in a string")
        }
        text.append(meant)
      case _ where character.isNewline: throw fail("a string goes over the end of the line")
      default: text.append(character)
      }
    }
    throw fail("a string has no end")
  }

  private static let escapes: [Character: Character] = [
    "\"": "\"", "\\": "\\", "n": "\n", "t": "\t", "r": "\r",
  ]
}
