/// Addresses that stand in the target itself: `ipv4:1.2.3.4:80,...`, `ipv6:[::1]:80,...`, `static:host:80,...`,
/// `unix:path`, `inproc:name`. Names in a `static:` list are looked up anew with each connection.
struct ListResolver: Resolver {
  static let schemes: Set<String> = ["ipv4", "ipv6", "static", "unix", "inproc"]

  func resolve(_ request: ResolverRequest) -> AsyncStream<Resolution> {
    let target = request.target
    let found: Resolution
    if let endpoints = Self.parse(target) {
      found = .endpoints(endpoints)
    } else {
      found = .failed("\"\(target)\" has no list of addresses of the form \(Self.form(of: target.scheme))")
    }
    return AsyncStream { continuation in
      continuation.yield(found)
      continuation.finish()
    }
  }

  private static func form(of scheme: String) -> String {
    switch scheme {
    case "ipv4": "1.2.3.4:80"
    case "ipv6": "[::1]:80"
    case "unix": "path"
    case "inproc": "name"
    default: "host:port"
    }
  }

  static func parse(_ target: ResolverTarget) -> [Endpoint]? {
    if target.scheme == "unix" || target.scheme == "inproc" {
      return target.endpoint.isEmpty
        ? nil : [Endpoint(host: "\(target.scheme):\(target.endpoint)", port: 0)]
    }
    var endpoints: [Endpoint] = []
    for part in target.endpoint.split(separator: ",", omittingEmptySubsequences: false) {
      guard let address = HostPort(part), let port = address.port else { return nil }
      switch target.scheme {
      case "ipv4" where IPAddress.family(of: address.host) != .v4: return nil
      case "ipv6" where IPAddress.family(of: address.host) != .v6: return nil
      default: endpoints.append(Endpoint(host: address.host, port: port))
      }
    }
    return endpoints
  }
}
