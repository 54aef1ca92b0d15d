import Synchronization
import WeftRPC

/// Something that a client told all others.
struct UserEvent: Sendable, Hashable {
  var id: String
  var name: String
  var payload: [UInt8]
  var nodeFilter: String
  var serviceFilter: String
  var tagFilter: String
  /// Consul's Lamport time: the order of events.
  var time: UInt64
  /// What a blocking query waits with. Clients compute it from the id.
  var index: UInt64
}

/// The events that were fired lately. They are news, not state: a restart forgets them, as in Consul.
final class EventLog: Sendable {
  /// As many as a Consul agent keeps.
  static let capacity = 256

  private struct State {
    var events: [UserEvent] = []
    var time: UInt64 = 0
    var lastIndex: UInt64
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var lastWaiter: UInt64 = 0
  }

  private let state: Mutex<State>

  init() {
    // Above those of the process before, as long as it fired less than a thousand million events a second.
    state = Mutex(State(time: 1, lastIndex: WallClock.now()))
  }

  /// - Returns: the event as it is told.
  func fire(name: String, payload: [UInt8], node: String, service: String, tag: String) -> UserEvent {
    let (event, waiters) = state.withLock { state in
      state.time += 1
      state.lastIndex += 1
      // Clients take the exclusive or of an id's halves for its index: so one half is free, and the other follows.
      let low = UInt64.random(in: 0 ... .max)
      let event = UserEvent(
        id: UUIDText.text(high: low ^ state.lastIndex, low: low), name: name, payload: payload,
        nodeFilter: node,
        serviceFilter: service, tagFilter: tag, time: state.time, index: state.lastIndex)
      if state.events.count >= Self.capacity { state.events.removeFirst() }
      state.events.append(event)
      let waiters = Array(state.waiters.values)
      state.waiters = [:]
      return (event, waiters)
    }
    for waiter in waiters { waiter.resume() }
    return event
  }

  /// Those with a name, or all; the oldest first.
  func list(name: String?) -> (index: UInt64, events: [UserEvent]) {
    let events = state.withLock { $0.events }.filter { name == nil || $0.name == name }
    return (events.last?.index ?? 1, events)
  }

  /// Waits until there is an event with another index than `index` as the last of a name; or for so long.
  func wait(name: String?, after index: UInt64, timeout: Duration) async {
    let deadline = ContinuousClock.now + timeout
    while list(name: name).index == index, !Task.isCancelled, .now < deadline {
      await withTaskGroup { group in
        group.addTask { await self.next(name: name, after: index) }
        group.addTask { try? await Task.sleep(until: deadline) }
        await group.next()
        group.cancelAll()
      }
    }
  }

  /// Waits for the next event, whatever its name.
  private func next(name: String?, after index: UInt64) async {
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let isDue = state.withLock { state in
          let last = state.events.last { name == nil || $0.name == name }
          if (last?.index ?? 1) != index { return true }
          state.waiters[id] = waiter
          return false
        }
        if isDue { waiter.resume() } else if Task.isCancelled { stop(id) }
      }
    } onCancel: {
      stop(id)
    }
  }

  private func stop(_ id: UInt64) {
    state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
  }
}
