import NIOCore
import Synchronization

/// The servers of this process that can be reached without a socket, by name.
final class InProcessServers: Sendable {
  static let shared = InProcessServers()

  private struct Entry {
    weak var server: HTTPServer?
  }

  private struct State {
    var servers: [String: Entry] = [:]
    var lastNumber = 0
  }

  private let state = Mutex(State())

  /// - Returns: a name for the server, which it must take away with ``remove(_:)``.
  func add(_ server: HTTPServer) -> String {
    state.withLock { state in
      state.lastNumber += 1
      let name = String(state.lastNumber)
      state.servers[name] = Entry(server: server)
      return name
    }
  }

  func remove(_ name: String) {
    state.withLock { state in state.servers[name] = nil }
  }

  func server(_ name: String) -> HTTPServer? {
    state.withLock { $0.servers[name]?.server }
  }
}

/// A server's name, for as long as the server lives.
final class InProcessName: Sendable {
  let text: String

  init(of server: HTTPServer) {
    text = InProcessServers.shared.add(server)
  }

  deinit {
    InProcessServers.shared.remove(text)
  }
}
