/// A header block: pseudo-header fields apart from the others. What the peer did not send is empty or 0.
public struct HTTP2Head: Sendable {
  public var method = ""
  public var scheme = ""
  public var path = ""
  public var authority = ""
  /// Status code of a response.
  public var status = 0
  public var fields = HTTPFields()
  /// Two heads that came on one connection with the same number have the same fields.
  package var fieldsVersion = 0

  public init() {}

  public init(
    method: String, scheme: String, authority: String, path: String, fields: HTTPFields = [:]
  ) {
    self.method = method
    self.scheme = scheme
    self.authority = authority
    self.path = path
    self.fields = fields
  }

  public init(status: Int, fields: HTTPFields = [:]) {
    self.status = status
    self.fields = fields
  }
}
