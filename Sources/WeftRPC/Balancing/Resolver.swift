/// One address that a channel may connect to.
public struct Endpoint: Sendable, Hashable {
  /// A name or an IP address, or a socket's path after `unix:`.
  public var host: String
  public var port: Int
  /// Share of the load relative to the others.
  public var weight: Int
  /// A name that the certificate of this server must carry.
  public var serverIdentity: String?

  public init(host: String, port: Int, weight: Int = 1, serverIdentity: String? = nil) {
    self.host = host
    self.port = port
    self.weight = weight
    self.serverIdentity = serverIdentity
  }

  var text: String {
    if host.hasPrefix("unix:") { return host }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

/// What a channel is to connect to: `scheme://authority/endpoint` or `scheme:endpoint`.
public struct ResolverTarget: Sendable, Hashable, CustomStringConvertible {
  public let scheme: String
  public let authority: String
  public let endpoint: String

  /// - Parameter text: a target as in gRPC's naming document; without a scheme it is `dns:///`.
  public init(_ text: String) {
    guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/"),
      Self.knownSchemes.contains(String(text[..<colon])) || text[colon...].hasPrefix("://")
    else {
      scheme = "dns"
      authority = ""
      endpoint = text
      return
    }
    scheme = String(text[..<colon])
    let rest = text[text.index(after: colon)...]
    if rest.hasPrefix("//") {
      let path = rest.dropFirst(2)
      let slash = path.firstIndex(of: "/") ?? path.endIndex
      authority = String(path[..<slash])
      endpoint = String(path[slash...].dropFirst())
    } else {
      authority = ""
      endpoint = String(rest)
    }
  }

  private static let knownSchemes: Set<String> = ["dns", "ipv4", "ipv6", "static", "unix", "weft"]

  public var description: String {
    authority.isEmpty && scheme != "dns" && scheme != "weft"
      ? "\(scheme):\(endpoint)" : "\(scheme)://\(authority)/\(endpoint)"
  }
}

/// Finds the addresses behind a target and tells when they change.
public protocol Resolver: Sendable {
  /// Each element is the whole list and replaces the one before. The channel keeps its last list when the
  /// stream ends or throws; a resolver that can recover does so itself and goes on.
  func resolve(_ target: ResolverTarget) -> AsyncThrowingStream<[Endpoint], any Error>
}

/// Addresses that stand in the target itself: `ipv4:1.2.3.4:80,...`, `ipv6:[::1]:80,...`, `static:host:80,...`,
/// `unix:path`, and `dns:///host:80`, whose name is looked up anew with each connection.
struct ListResolver: Resolver {
  func resolve(_ target: ResolverTarget) -> AsyncThrowingStream<[Endpoint], any Error> {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: [Endpoint].self)
    if let endpoints = Self.parse(target) {
      continuation.yield(endpoints)
      continuation.finish()
    } else {
      continuation.finish(
        throwing: RPCError(.unavailable, "\"\(target)\" has no address of the form host:port"))
    }
    return stream
  }

  static func parse(_ target: ResolverTarget) -> [Endpoint]? {
    if target.scheme == "unix" {
      return target.endpoint.isEmpty ? nil : [Endpoint(host: "unix:" + target.endpoint, port: 0)]
    }
    var endpoints: [Endpoint] = []
    for part in target.endpoint.split(separator: ",", omittingEmptySubsequences: false) {
      guard let colon = part.lastIndex(of: ":"), let port = Int(part[part.index(after: colon)...]),
        (1...65535).contains(port)
      else { return nil }
      var host = part[..<colon]
      if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
      if host.isEmpty { return nil }
      endpoints.append(Endpoint(host: String(host), port: port))
    }
    return endpoints
  }
}
