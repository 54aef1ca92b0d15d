import Synchronization
import WeftDiscovery

/// How a scope stood at one moment.
public struct ScopeVersion: Sendable, Hashable {
  /// As ``Registry/index(for:)``.
  public var index: UInt64
  /// Changes when a check says something else while its status, and so the index, stays.
  var outputs: UInt64
}

/// Waiting for changes of a part of what the registry keeps.
extension Registry {
  /// The revision at which a scope last changed. Never 0, and it never falls.
  public func index(for scope: Scope) -> UInt64 {
    state.withLock { $0.core.index(for: scope) }
  }

  /// Tells whether what was read of a scope is still so, to the last word of its checks.
  public func version(of scope: Scope) -> ScopeVersion {
    state.withLock { state in
      ScopeVersion(index: state.core.index(for: scope), outputs: state.core.outputVersions[scope])
    }
  }

  /// Waits until the scope has another index than `index`, and returns it.
  ///
  /// It returns at once when that is so already, and with the index as it then is after `timeout`, when the task is
  /// cancelled, or when the registry shuts down.
  public func wait(for scope: Scope, after index: UInt64, timeout: Duration) async -> UInt64 {
    let deadline = clock.now + timeout
    var current = self.index(for: scope)
    while current == index, !Task.isCancelled {
      let wake = await park(on: .scope(scope), until: deadline) { state in
        state.core.index(for: scope) != index
      }
      current = self.index(for: scope)
      if wake != .changed { break }
    }
    return current
  }

  /// Waits until the registry shuts down or the task is cancelled.
  func waitForClosing() async {
    _ = await park(on: .closing) { _ in false }
  }

  /// Suspends until the topic is touched; returns at once when `isDue` or when the registry is closed.
  func park(
    on topic: WatchHub.Topic, until deadline: Duration? = nil,
    unless isDue: @Sendable (borrowing State) -> Bool
  ) async -> WatchHub.Wake {
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    let alarm = deadline.map { deadline in
      Task { [clock] in
        try await clock.sleep(until: deadline)
        self.stopWaiting(id, topic: topic, wake: .idle)
      }
    }
    defer { alarm?.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        let wake = state.withLock { state -> WatchHub.Wake? in
          if state.isClosed { return .closed }
          if isDue(state) { return .changed }
          state.hub.add(id, topic: topic, waiter)
          return nil
        }
        if let wake {
          waiter.resume(returning: wake)
        } else if Task.isCancelled || deadline.map({ $0 <= clock.now }) == true {
          // The cancellation, or the alarm, may have come before the waiter was there to be found.
          stopWaiting(id, topic: topic, wake: .closed)
        }
      }
    } onCancel: {
      stopWaiting(id, topic: topic, wake: .closed)
    }
  }

  private func stopWaiting(_ id: UInt64, topic: WatchHub.Topic, wake: WatchHub.Wake) {
    state.withLock { $0.hub.remove(id, topic: topic) }?.resume(returning: wake)
  }
}

extension RegistryCore {
  func index(for scope: Scope) -> UInt64 {
    switch scope {
    case .kvKey(let key): keyValue.index(key: key)
    case .kvPrefix(let prefix): keyValue.index(prefix: prefix)
    default: scopes[scope]
    }
  }
}
