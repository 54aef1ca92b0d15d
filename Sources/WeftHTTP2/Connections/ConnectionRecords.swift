import NIOCore
import Synchronization

/// The HTTP/2 connections of one server, and the calls of those that it had.
final class ConnectionRecords: Sendable {
  private struct State {
    var live: [Int: ConnectionRecord] = [:]
    var ended = CallCounts()
  }

  private let state = Mutex(State())

  func add(_ record: ConnectionRecord) {
    state.withLock { $0.live[record.id] = record }
  }

  /// On the record's loop.
  func remove(_ record: ConnectionRecord) {
    let calls = record.calls
    state.withLock { state in
      state.live[record.id] = nil
      state.ended += calls
    }
  }

  var all: [ConnectionRecord] { state.withLock { Array($0.live.values) } }

  subscript(id: Int) -> ConnectionRecord? { state.withLock { $0.live[id] } }

  /// The calls of every connection, with one hop to each loop.
  func calls() async -> (counts: CallCounts, running: Int) {
    var (live, counts) = state.withLock { ($0.live.values.map { $0 }, $0.ended) }
    var running = 0
    while let loop = live.last?.eventLoop {
      let here = live.filter { $0.eventLoop === loop }
      live.removeAll { $0.eventLoop === loop }
      let sums = try? await loop.submit { () -> (CallCounts, Int) in
        here.reduce(into: (CallCounts(), 0)) { sum, record in
          // Those that have ended meanwhile were counted or will be with the next look.
          guard record.handler != nil else { return }
          let (calls, running) = record.callsNow
          sum.0 += calls
          sum.1 += running
        }
      }.get()
      guard let sums else { continue }
      counts += sums.0
      running += sums.1
    }
    return (counts, running)
  }
}
