import WeftProtobuf

/// A path template in OpenAPI's terms: literal text, and placeholders of one segment each.
struct PathPattern {
  /// What stands in braces.
  struct Placeholder {
    /// As the template suggests it; another path of the same shape may have settled on another name.
    let name: String
    /// Nil for a `*` that fills no field.
    let variable: PathTemplate.Variable?
    /// Set when the variable is made of several segments: what all of it looks like.
    let whole: String?
    /// Takes all the segments that are left.
    let takesRest: Bool
  }

  private enum Piece {
    case literal(String)
    case placeholder
  }

  /// Paths of the same shape are one path to OpenAPI, however their placeholders are called.
  let shape: String
  let placeholders: [Placeholder]
  private let pieces: [Piece]
  private let verb: String

  init(_ template: PathTemplate) {
    shape = template.shape
    verb = template.verb.map { ":" + Self.encoded($0) } ?? ""
    var pieces: [Piece] = []
    var placeholders: [Placeholder] = []
    var names: Set<String> = Set(template.variables.map(\.name))
    for (index, segment) in template.segments.enumerated() {
      if case .literal(let text) = segment {
        pieces.append(.literal(Self.encoded(text)))
        continue
      }
      let variable = template.variables.first { $0.segments.contains(index) }
      let open = variable.map { Self.openSegments(of: $0, in: template) } ?? []
      let name: String
      if let variable, open.count == 1 {
        name = variable.name
      } else {
        let number = variable.flatMap { _ in open.firstIndex(of: index) } ?? placeholders.count
        name = Self.free("\(variable?.name ?? "segment")_\(number + 1)", among: &names)
      }
      let isWhole = variable.map { $0.segments.count == 1 } ?? true
      placeholders.append(
        Placeholder(
          name: name, variable: variable,
          whole: isWhole ? nil : variable.map { Self.text(of: $0, in: template) },
          takesRest: segment == .rest))
      pieces.append(.placeholder)
    }
    self.pieces = pieces
    self.placeholders = placeholders
  }

  /// The path with these names in braces, which are as many as ``placeholders``.
  func path(names: [String]) -> String {
    var path = ""
    var rest = names[...]
    for piece in pieces {
      switch piece {
      case .literal(let text): path += "/" + text
      case .placeholder: path += "/{\(rest.popFirst() ?? "")}"
      }
    }
    return (path.isEmpty ? "/" : path) + verb
  }

  private static func openSegments(of variable: PathTemplate.Variable, in template: PathTemplate) -> [Int] {
    variable.segments.filter { index in
      if case .literal = template.segments[index] { false } else { true }
    }
  }

  private static func text(of variable: PathTemplate.Variable, in template: PathTemplate) -> String {
    template.segments[variable.segments].map { segment in
      switch segment {
      case .literal(let text): text
      case .single: "*"
      case .rest: "**"
      }
    }.joined(separator: "/")
  }

  private static func free(_ wanted: String, among names: inout Set<String>) -> String {
    var name = wanted
    while !names.insert(name).inserted { name += "_" }
    return name
  }

  /// RFC 3986 `pchar`s as they are, everything else percent-encoded.
  private static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      if byte.isASCIILetter || byte.isASCIIDigit || "-._~!$&'()*+,;=:@".utf8.contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}
