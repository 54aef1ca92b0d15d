extension PathTemplate {
  /// Parses a template.
  /// - Throws: ``PathTemplateError`` with the place and the reason.
  public init(_ text: String) throws(PathTemplateError) {
    var parser = PathTemplateParser(text)
    self = try parser.parse()
  }
}

/// A cursor over the bytes of one template.
private struct PathTemplateParser {
  private let text: String
  private let bytes: [UInt8]
  private var position = 0
  private var segments: [PathTemplate.Segment] = []
  private var variables: [PathTemplate.Variable] = []

  init(_ text: String) {
    self.text = text
    self.bytes = Array(text.utf8)
  }

  mutating func parse() throws(PathTemplateError) -> PathTemplate {
    guard bytes.count <= PathTemplate.Limit.bytes else {
      throw failure("is longer than \(PathTemplate.Limit.bytes) bytes")
    }
    guard take("/") else { throw failure("must begin with \"/\"") }
    if position < bytes.count { try parseSegments(insideVariable: false) }
    let verb = try parseVerb()
    guard position == bytes.count else { throw failure("unexpected \(quoted(position))") }
    return PathTemplate(text: text, segments: segments, variables: variables, verb: verb)
  }

  private mutating func parseSegments(insideVariable: Bool) throws(PathTemplateError) {
    repeat {
      if case .rest? = segments.last { throw failure("\"**\" must be the last segment") }
      guard segments.count < PathTemplate.Limit.segments else {
        throw failure("has more than \(PathTemplate.Limit.segments) segments")
      }
      switch peek() {
      case UInt8(ascii: "*"):
        position += 1
        segments.append(take("*") ? .rest : .single)
      case UInt8(ascii: "{"):
        guard !insideVariable else { throw failure("a variable cannot contain another") }
        position += 1
        try parseVariable()
      default:
        segments.append(.literal(try parseLiteral("segment")))
      }
    } while take("/")
  }

  private mutating func parseVariable() throws(PathTemplateError) {
    let start = position
    let fieldPath = try parseFieldPath()
    let first = segments.count
    if take("=") {
      try parseSegments(insideVariable: true)
    } else {
      guard first < PathTemplate.Limit.segments else {
        throw failure("has more than \(PathTemplate.Limit.segments) segments")
      }
      segments.append(.single)
    }
    guard take("}") else { throw failure("expected \"}\" to end the variable") }

    let isTaken = variables.contains { other in
      // `{a}` and `{a.b}` would write to one field twice.
      zip(other.fieldPath, fieldPath).allSatisfy { $0 == $1 }
    }
    guard !isTaken else {
      throw failure("field \"\(fieldPath.joined(separator: "."))\" is bound twice", at: start)
    }
    variables.append(
      PathTemplate.Variable(
        fieldPath: fieldPath, segments: first..<segments.count, capturesRest: segments.last == .rest))
  }

  private mutating func parseFieldPath() throws(PathTemplateError) -> [String] {
    var names: [String] = []
    repeat {
      let start = position
      while let byte = peek(), byte.isIdentifierByte { position += 1 }
      guard position > start, let first = bytes[start..<position].first, !first.isASCIIDigit else {
        throw failure("expected a field name", at: start)
      }
      names.append(String(decoding: bytes[start..<position], as: UTF8.self))
      guard names.count <= PathTemplate.Limit.fieldPathDepth else {
        throw failure("field path is deeper than \(PathTemplate.Limit.fieldPathDepth)", at: start)
      }
    } while take(".")
    return names
  }

  private mutating func parseVerb() throws(PathTemplateError) -> String? {
    take(":") ? try parseLiteral("verb") : nil
  }

  private mutating func parseLiteral(_ what: String) throws(PathTemplateError) -> String {
    let start = position
    while let byte = peek(), byte.isTemplateLiteralByte { position += 1 }
    guard position > start else {
      throw position < bytes.count
        ? failure("expected a \(what), found \(quoted(position))") : failure("expected a \(what)")
    }
    do {
      return try PercentDecoder.decode(bytes[start..<position])
    } catch {
      throw failure(error.reason, at: error.offset)
    }
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private func quoted(_ position: Int) -> String {
    guard position < bytes.count else { return "the end" }
    let byte = bytes[position]
    return byte >= 0x21 && byte < 0x7F
      ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte 0x" + String(byte, radix: 16)
  }

  private func failure(_ reason: String, at offset: Int? = nil) -> PathTemplateError {
    PathTemplateError(template: text, offset: offset ?? position, reason: reason)
  }
}

extension UInt8 {
  fileprivate var isIdentifierByte: Bool {
    isASCIILetter || isASCIIDigit || self == UInt8(ascii: "_")
  }

  /// RFC 3986 `pchar` without `*` and `:`, which the grammar needs, and with UTF-8 as it is.
  fileprivate var isTemplateLiteralByte: Bool {
    if isASCIILetter || isASCIIDigit || self >= 0x80 { return true }
    switch self {
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
      UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "+"),
      UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "@"):
      return true
    default:
      return false
    }
  }
}
