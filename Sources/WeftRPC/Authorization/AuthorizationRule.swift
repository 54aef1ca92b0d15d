import WeftHTTP2

/// Which calls a policy allows or denies. What is empty matches every call.
public struct AuthorizationRule: Sendable, Hashable {
  /// A key and the values that it may have, one of which must match.
  public struct Condition: Sendable, Hashable {
    public var key: String
    public var values: [StringPattern]

    public init(_ key: String, _ values: [StringPattern]) {
      self.key = key
      self.values = values
    }

    func matches(_ found: some Sequence<String>) -> Bool {
      found.contains { value in values.contains { $0.matches(value) } }
    }
  }

  /// For people and logs.
  public var name: String
  /// One of them must match a name in the caller's certificate.
  public var principals: [StringPattern]
  /// All of them must match the claims of the caller's token. A key such as `realm.roles` looks into objects.
  public var claims: [Condition]
  /// One of them must match the path of the call, `/package.Service/Method`.
  public var paths: [StringPattern]
  /// All of them must match the caller's metadata. Keys are lower-case.
  public var headers: [Condition]

  public init(
    _ name: String, principals: [StringPattern] = [], claims: [Condition] = [], paths: [StringPattern] = [],
    headers: [Condition] = []
  ) {
    self.name = name
    self.principals = principals
    self.claims = claims
    self.paths = paths
    self.headers = headers
  }

  /// A call, as rules see it.
  struct Subject {
    let path: String
    let identities: [String]
    let claims: TokenClaims?
    let fields: HTTPFields
  }

  func matches(_ subject: Subject) -> Bool {
    // In order of what it costs to find out.
    (paths.isEmpty || paths.contains { $0.matches(subject.path) })
      && (principals.isEmpty
        || subject.identities.contains { name in principals.contains { $0.matches(name) } })
      && headers.allSatisfy { header in
        header.matches(subject.fields.lazy.filter { $0.name == header.key }.map(\.value))
      }
      && claims.allSatisfy { claim in claim.matches(subject.claims?.texts(claim.key) ?? []) }
  }
}
