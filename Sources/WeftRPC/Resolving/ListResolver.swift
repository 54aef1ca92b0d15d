/// Addresses that stand in the target itself: `ipv4:1.2.3.4:80,...`, `ipv6:[::1]:80,...`, `static:host:80,...`,
/// `unix:path`, `inproc:name`. Names in a `static:` list are looked up anew with each connection.
struct ListResolver: Resolver {
  static let schemes: Set<String> = ["ipv4", "ipv6", "static", "unix", "inproc"]

  func resolve(_ request: ResolverRequest) -> AsyncStream<Resolution> {
    do {
      return .just(.endpoints(try Self.parse(request.target)))
    } catch {
      return .just(.failed(String(describing: error)))
    }
  }

  /// - Throws: which part of the list is no address of the target's kind, and why.
  static func parse(_ target: ResolverTarget) throws -> [Endpoint] {
    if target.scheme == "unix" || target.scheme == "inproc" {
      let wanted = target.scheme == "unix" ? "path of a socket" : "name of a server"
      if target.endpoint.isEmpty {
        throw HostPort.Problem(description: "there is no \(wanted) behind \(target.scheme):")
      }
      return [Endpoint(host: "\(target.scheme):\(target.endpoint)", port: 0)]
    }
    return try target.endpoint.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let address = try HostPort(parsing: part)
      let family = IPAddress.family(of: address.host)
      switch target.scheme {
      case "ipv4" where family != .v4:
        throw HostPort.Problem(description: "\"\(address.host)\" is no IPv4 address")
      case "ipv6" where family != .v6:
        throw HostPort.Problem(description: "\"\(address.host)\" is no IPv6 address")
      default: break
      }
      guard let port = address.port else { throw HostPort.Problem(description: "\"\(part)\" has no port") }
      return Endpoint(host: address.host, port: port)
    }
  }
}
