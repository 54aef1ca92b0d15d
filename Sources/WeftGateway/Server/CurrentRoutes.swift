import Synchronization

/// The route table that is in force, replaced as a whole.
final class CurrentRoutes: Sendable {
  private struct State {
    var table = RouteTable.empty
    var isReady = false
  }

  private let state = Mutex(State())

  var table: RouteTable { state.withLock { $0.table } }

  /// Whether the registry was heard of at all since the start.
  var isReady: Bool { state.withLock { $0.isReady } }

  /// Puts a table in force and gives the one before.
  func replace(with table: RouteTable) -> RouteTable {
    state.withLock { state in
      let before = state.table
      state.table = table
      state.isReady = true
      return before
    }
  }
}
