/// What a document says beyond what the protos say.
public struct OpenAPIOptions: Sendable, Hashable {
  /// `info.title`; nil takes the names of the services.
  public var title: String?
  /// `info.version`; nil takes that of the package, such as `v1`, when there is one.
  public var version: String?
  /// URLs under which the paths are found, such as `http://localhost:8206`.
  public var servers: [String] = []
  /// Whether methods without a `google.api.http` option are listed as `POST /package.Service/Method`, which is how
  /// the gateway serves them.
  public var listsUnannotated = true

  public init() {}
}
