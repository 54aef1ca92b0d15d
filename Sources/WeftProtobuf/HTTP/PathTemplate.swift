/// A path template of a `google.api.http` annotation, such as `/v1/{name=shelves/*}:archive`.
///
/// The grammar is the one in the comments of `google/api/http.proto`:
///
///     Template  = "/" Segments [ Verb ]
///     Segments  = Segment { "/" Segment }
///     Segment   = "*" | "**" | LITERAL | Variable
///     Variable  = "{" FieldPath [ "=" Segments ] "}"
///     FieldPath = IDENT { "." IDENT }
///     Verb      = ":" LITERAL
///
/// Beyond it, `/` alone stands for the root. Templates come from descriptor sets that anyone on the mesh may
/// register, so parsing never trusts them and has limits.
public struct PathTemplate: Sendable, Hashable {
  /// One part of the path between two slashes, with variables taken away.
  public enum Segment: Sendable, Hashable {
    /// This text, percent-decoded.
    case literal(String)
    /// `*`: exactly one segment that is not empty.
    case single
    /// `**`: all the segments that are left, even none. Always last.
    case rest
  }

  /// A field of the request that takes its value from the path.
  public struct Variable: Sendable, Hashable {
    /// Field names from the request message inwards, as written.
    public let fieldPath: [String]
    /// Where its segments lie in ``PathTemplate/segments``.
    public let segments: Range<Int>
    /// Ends in `**`, so that it takes the path to its end.
    public let capturesRest: Bool

    /// More than one segment can match, so that an encoded slash must stay encoded in the value.
    public var isMultiSegment: Bool { capturesRest || segments.count > 1 }

    /// The field path as the template has it: `book.name`.
    public var name: String { fieldPath.joined(separator: ".") }
  }

  /// What a template may cost at most.
  enum Limit {
    static let bytes = 2_048
    static let segments = 64
    static let fieldPathDepth = 16
  }

  /// The template as it was written.
  public let text: String
  public let segments: [Segment]
  public let variables: [Variable]
  /// What follows the colon: `archive` in `/v1/books/{id}:archive`, percent-decoded.
  public let verb: String?

  init(text: String, segments: [Segment], variables: [Variable], verb: String?) {
    self.text = text
    self.segments = segments
    self.variables = variables
    self.verb = verb
  }
}

extension PathTemplate: CustomStringConvertible {
  public var description: String { text }

  /// The template without its variables: two templates that match the same paths have the same shape.
  public var shape: String {
    var shape = ""
    for segment in segments {
      switch segment {
      case .literal(let text): shape += "/" + text
      case .single: shape += "/*"
      case .rest: shape += "/**"
      }
    }
    if shape.isEmpty { shape = "/" }
    if let verb { shape += ":" + verb }
    return shape
  }
}

/// Why a path template was refused.
public struct PathTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  public let template: String
  /// Byte offset in the template.
  public let offset: Int
  public let reason: String

  public var description: String {
    "path template \"\(template.prefix(200))\": \(reason) at offset \(offset)"
  }
}
