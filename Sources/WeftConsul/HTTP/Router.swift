/// Answers one kind of request.
typealias Handler = @Sendable (ConsulRequest) async throws -> ConsulAnswer

/// A path of the API and what can be done with it.
struct Route: Sendable {
  /// Ends with a slash when a name follows.
  let path: String
  let methods: [String: Handler]
  /// Bytes that a body may have.
  let bodyLimit: Int
  /// Whether bodies are left to the handlers, which read them piece by piece.
  let isStreamed: Bool

  static let defaultBodyLimit = 512 << 10

  init(
    _ path: String, bodyLimit: Int = Route.defaultBodyLimit, isStreamed: Bool = false,
    _ methods: [String: Handler]
  ) {
    self.path = path
    self.bodyLimit = bodyLimit
    self.isStreamed = isStreamed
    self.methods = methods
  }

  static func get(_ path: String, _ handler: @escaping Handler) -> Route { Route(path, ["GET": handler]) }
  static func put(_ path: String, _ handler: @escaping Handler) -> Route { Route(path, ["PUT": handler]) }

  /// As Consul's `Allow` has it.
  var allowed: String {
    (["OPTIONS"] + ["GET", "PUT", "POST", "DELETE"].filter { methods[$0] != nil }).joined(separator: ",")
  }
}

/// Finds the route of a path: the same path, or else the longest that it begins with and that ends with a slash.
struct Router: Sendable {
  private let routes: [String: Route]

  init(_ routes: [Route]) {
    self.routes = Dictionary(routes.map { ($0.path, $0) }) { first, _ in first }
  }

  func match(_ path: String) -> (route: Route, name: String)? {
    if let route = routes[path], !path.hasSuffix("/") { return (route, "") }
    var prefix = path[...]
    while let slash = prefix.lastIndex(of: "/") {
      let end = path.index(after: slash)
      if let route = routes[String(path[..<end])] { return (route, String(path[end...])) }
      prefix = path[..<slash]
    }
    return nil
  }
}
