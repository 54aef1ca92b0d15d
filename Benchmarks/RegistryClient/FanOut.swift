import Foundation
import Synchronization
import WeftRPC

/// Many watchers of one service, and how long a change takes to reach each.
///
/// `calls` of the load are the changes, `clients` the watchers, which share connections by the hundred.
struct FanOut: Sendable {
  let load: RegistryLoad
  let peer: any RegistryPeer

  func measure() async throws -> String {
    let arrivals = Arrivals(changes: load.calls, watchers: load.clients)
    // Numbers that no earlier run has used: a change has to change something.
    let first = Int(Date().timeIntervalSince1970) * 1000
    let channels = (0..<max(load.clients / 100, 1)).map { _ in load.channel() }
    let changer = load.channel()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for watcher in 0..<load.clients {
        group.addTask(executorPreference: load.executor) {
          try await peer.watch(
            over: channels[watcher % channels.count], last: first + load.calls - 1,
            began: { arrivals.began() },
            arrived: { arrivals.arrived($0 - first) })
        }
      }
      await arrivals.allBegan()
      let start = ContinuousClock.now
      for number in 0..<load.calls {
        arrivals.begin(number)
        try await peer.change(number: first + number, over: changer)
        await arrivals.allArrived(number)
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      try await group.waitForAll()
      return RegistryLoad.json(arrivals.delays, seconds: seconds, count: load.calls * load.clients)
    }
  }
}

/// When each change was asked for, and when it reached whom.
final class Arrivals: Sendable {
  private struct State {
    var watching = 0
    var starts: [ContinuousClock.Instant?]
    var counts: [Int]
    var delays: [Double] = []
    var waiting: CheckedContinuation<Void, Never>?
  }

  private let state: Mutex<State>
  private let watchers: Int

  init(changes: Int, watchers: Int) {
    self.watchers = watchers
    state = Mutex(
      State(starts: Array(repeating: nil, count: changes), counts: Array(repeating: 0, count: changes)))
  }

  var delays: [Double] { state.withLock { $0.delays } }

  func began() {
    state.withLock { state in
      state.watching += 1
      return state.watching == watchers ? state.waiting.take() : nil
    }?.resume()
  }

  func begin(_ change: Int) { state.withLock { $0.starts[change] = .now } }

  func arrived(_ change: Int) {
    let now = ContinuousClock.now
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.counts.indices.contains(change), let start = state.starts[change] else { return nil }
      state.delays.append((now - start) / .microseconds(1))
      state.counts[change] += 1
      return state.counts[change] == watchers ? state.waiting.take() : nil
    }?.resume()
  }

  func allBegan() async { await wait { $0.watching == self.watchers } }

  func allArrived(_ change: Int) async { await wait { $0.counts[change] == self.watchers } }

  private func wait(until isDone: @escaping @Sendable (borrowing State) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        let isOver = isDone(state)
        if !isOver { state.waiting = continuation }
        return isOver
      }
      if isOver { continuation.resume() }
    }
  }
}
