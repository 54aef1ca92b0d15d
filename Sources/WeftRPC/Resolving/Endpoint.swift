import WeftHTTP2

/// One address that a channel may connect to.
public struct Endpoint: Sendable, Hashable {
  /// A name or an IP address, a socket's path after `unix:`, or a server's name after `inproc:`.
  public var host: String
  public var port: Int
  /// Share of the load relative to the others, with ``LoadBalancingPolicy/weightedRoundRobin``; its
  /// share of the ring, with ``LoadBalancingPolicy/ringHash(minRingSize:maxRingSize:header:)``.
  public var weight: Int
  /// A name that the certificate of this server must carry.
  public var serverIdentity: String?
  /// The name that the address was found under, with or without a port: the `:authority` of calls, and the name
  /// that TLS asks for. Nil when ``host`` is that name.
  public var authority: String?
  /// Places the endpoint on the ring of ``LoadBalancingPolicy/ringHash(minRingSize:maxRingSize:header:)``, where it is to keep its
  /// place although its address changes. Nil takes the address.
  public var hashKey: String?

  public init(host: String, port: Int, weight: Int = 1, serverIdentity: String? = nil) {
    self.host = host
    self.port = port
    self.weight = weight
    self.serverIdentity = serverIdentity
  }

  /// Whether there is no port, and no name of a machine.
  private var isLocal: Bool { host.hasPrefix("unix:") || host.hasPrefix("inproc:") }

  var isInProcess: Bool { host.hasPrefix("inproc:") }

  /// Where to connect to.
  var address: HTTP2ClientConnection.Target.Address {
    if isInProcess { return .inProcess(name: String(host.dropFirst("inproc:".count))) }
    if isLocal { return .unix(path: String(host.dropFirst("unix:".count))) }
    return .tcp(host: host, port: port)
  }

  /// What decides whether two are the same server, to which connections are kept although its share changes.
  var identity: Endpoint {
    var identity = self
    identity.weight = 1
    identity.hashKey = nil
    return identity
  }

  /// For people, and for the ring.
  var text: String {
    if isLocal { return host }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// The name that TLS asks for and checks.
  var serverName: String { authority.map { HostPort.host(of: $0) } ?? host }

  /// The `:authority` of calls to this address.
  var callAuthority: String { authority ?? (isLocal ? "localhost" : text) }
}
