import Synchronization

/// The route table that is in force, replaced as a whole.
final class CurrentRoutes: Sendable {
  private struct State {
    var table = RouteTable.empty
    var isReady = false
  }

  private let state = Mutex(State())

  var table: RouteTable { state.withLock { $0.table } }

  /// Whether everything that the registry had at first is routed. Until then what has no route may get one any moment.
  var isReady: Bool { state.withLock { $0.isReady } }

  /// Puts a table in force and gives the one before.
  func replace(with table: RouteTable, isReady: Bool) -> RouteTable {
    state.withLock { state in
      let before = state.table
      state.table = table
      if isReady { state.isReady = true }
      return before
    }
  }
}
