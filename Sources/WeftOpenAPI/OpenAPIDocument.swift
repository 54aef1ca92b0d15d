/// An OpenAPI 3.1 document.
public struct OpenAPIDocument: Sendable {
  /// The document as JSON, in the same order for the same protos.
  public let json: String
  /// What the protos say and OpenAPI cannot: one line each, for people.
  public let problems: [String]
}
