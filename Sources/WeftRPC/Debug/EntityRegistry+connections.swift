import WeftHTTP2

/// What `/debug` tells of connections.
extension EntityRegistry {
  /// Connections that are told of one by one.
  private static let maxListed = 200

  /// Connections of all servers that are open now.
  var connectionCount: Int { servers.reduce(0) { $0 + $1.http.connectionCount } }

  /// The oldest first, as many as are worth listing.
  func connections() async -> [HTTPConnectionInfo] {
    var all: [HTTPConnectionInfo] = []
    for server in servers { all += await server.http.connections(limit: Self.maxListed) }
    return Array(all.sorted { $0.age > $1.age }.prefix(Self.maxListed))
  }
}
