import Synchronization
import WeftHTTP2

/// The servers and channels of the process, for those who look into it: `/debug` and channelz.
///
/// Each is here from its start to its shutdown. Connections are not listed; they are found through what has
/// them.
public final class EntityRegistry: Sendable {
  public static let shared = EntityRegistry()

  /// A server that listens.
  struct Server: Sendable {
    let name: String
    let http: HTTPServer
    let trace: EntityTrace

    var id: Int { http.id }
  }

  /// What is kept of a server. One that was given up without being removed is forgotten.
  private struct Entry {
    let name: String
    weak var http: HTTPServer?
    let trace: EntityTrace

    var server: Server? { http.map { Server(name: name, http: $0, trace: trace) } }
  }

  private struct State {
    var servers: [Int: Entry] = [:]
    var channels: [Int: ChannelCore] = [:]
  }

  private let state = Mutex(State())

  /// Adds a server that has begun to listen.
  ///
  /// - Parameter name: what it is called to those who look.
  public func add(_ server: HTTPServer, named name: String) {
    let address = server.listenAddress.map { "\($0)" } ?? "no address"
    let entry = Entry(name: name, http: server, trace: EntityTrace("listens on \(address)"))
    state.withLock { state in
      state.servers = state.servers.filter { $0.value.http != nil }
      state.servers[server.id] = entry
    }
  }

  public func remove(_ server: HTTPServer) {
    _ = state.withLock { $0.servers.removeValue(forKey: server.id) }
  }

  func add(_ channel: ChannelCore) { state.withLock { $0.channels[channel.id] = channel } }
  func remove(_ channel: ChannelCore) { _ = state.withLock { $0.channels.removeValue(forKey: channel.id) } }

  /// In order of their numbers.
  var servers: [Server] {
    state.withLock { $0.servers.values.compactMap(\.server) }.sorted { $0.id < $1.id }
  }
  var channels: [ChannelCore] { state.withLock { $0.channels.values.sorted { $0.id < $1.id } } }

  func server(_ id: Int) -> Server? { state.withLock { $0.servers[id]?.server } }
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
