/// A text to compare with, in gRFC A43's form: `text` is exact, `text*` a prefix, `*text` a suffix, and `*`
/// anything but nothing.
public struct StringPattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  private enum Kind: Hashable { case exact, prefix, suffix, present }

  private let kind: Kind
  private let text: String

  public init(_ pattern: String) {
    if pattern == "*" {
      (kind, text) = (.present, "")
    } else if pattern.hasSuffix("*") {
      (kind, text) = (.prefix, String(pattern.dropLast()))
    } else if pattern.hasPrefix("*") {
      (kind, text) = (.suffix, String(pattern.dropFirst()))
    } else {
      (kind, text) = (.exact, pattern)
    }
  }

  public init(stringLiteral pattern: String) {
    self.init(pattern)
  }

  public func matches(_ value: String) -> Bool {
    // Bytes, not characters: what is compared are names of a protocol, and a combining accent after a
    // prefix must not hide it.
    switch kind {
    case .exact: value.utf8.elementsEqual(text.utf8)
    case .prefix: value.utf8.starts(with: text.utf8)
    case .suffix: value.utf8.reversed().starts(with: text.utf8.reversed())
    case .present: !value.isEmpty
    }
  }

  public var description: String {
    switch kind {
    case .exact: text
    case .prefix: text + "*"
    case .suffix: "*" + text
    case .present: "*"
    }
  }
}
