import Synchronization
import WeftHTTP2

/// The servers of this process that listen, so that `/debug` can tell of their connections.
public final class OpenServers: Sendable {
  public static let shared = OpenServers()

  /// Connections that are told of one by one.
  static let maxListed = 200

  private struct Entry: Sendable {
    weak var server: HTTPServer?
  }

  private let servers = Mutex<[Entry]>([])

  /// A server that was given up without being removed is forgotten.
  public func add(_ server: HTTPServer) {
    servers.withLock { servers in
      servers.removeAll { $0.server == nil }
      servers.append(Entry(server: server))
    }
  }

  public func remove(_ server: HTTPServer) {
    servers.withLock { $0.removeAll { $0.server == nil || $0.server === server } }
  }

  private var listening: [HTTPServer] { servers.withLock { $0 }.compactMap(\.server) }

  var count: Int { listening.reduce(0) { $0 + $1.connectionCount } }

  /// The oldest first.
  func connections() async -> [HTTPConnectionInfo] {
    var all: [HTTPConnectionInfo] = []
    for server in listening { all += await server.connections(limit: Self.maxListed) }
    return Array(all.sorted { $0.age > $1.age }.prefix(Self.maxListed))
  }
}
