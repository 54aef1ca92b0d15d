import Synchronization
import WeftHTTP2

/// The servers and channels of the process, for those who look into it.
///
/// Each is here from its start to its shutdown. Connections are not listed; they are found through what has
/// them.
final class EntityRegistry: Sendable {
  static let shared = EntityRegistry()

  /// A server that listens.
  struct Server: Sendable {
    let name: String
    let http: HTTPServer
    let trace: EntityTrace

    var id: Int { http.id }
  }

  private struct State {
    var servers: [Int: Server] = [:]
    var channels: [Int: ChannelCore] = [:]
  }

  private let state = Mutex(State())

  func add(_ server: Server) { state.withLock { $0.servers[server.id] = server } }
  func removeServer(_ id: Int) { _ = state.withLock { $0.servers.removeValue(forKey: id) } }
  func add(_ channel: ChannelCore) { state.withLock { $0.channels[channel.id] = channel } }
  func remove(_ channel: ChannelCore) { _ = state.withLock { $0.channels.removeValue(forKey: channel.id) } }

  /// In order of their numbers.
  var servers: [Server] { state.withLock { $0.servers.values.sorted { $0.id < $1.id } } }
  var channels: [ChannelCore] { state.withLock { $0.channels.values.sorted { $0.id < $1.id } } }

  func server(_ id: Int) -> Server? { state.withLock { $0.servers[id] } }
  func channel(_ id: Int) -> ChannelCore? { state.withLock { $0.channels[id] } }

  func subchannel(_ id: Int) -> Subchannel? {
    for channel in channels {
      if let found = channel.subchannels.first(where: { $0.id == id }) { return found }
    }
    return nil
  }

  enum Socket {
    case listener(Server)
    case connection(ConnectionRecord)
  }

  func socket(_ id: Int) -> Socket? {
    for server in servers {
      if server.http.listenerID == id { return .listener(server) }
      if let record = server.http.connectionRecord(id) { return .connection(record) }
    }
    for channel in channels {
      for subchannel in channel.subchannels {
        if let record = subchannel.connections.map(\.record).first(where: { $0.id == id }) {
          return .connection(record)
        }
      }
    }
    return nil
  }
}
