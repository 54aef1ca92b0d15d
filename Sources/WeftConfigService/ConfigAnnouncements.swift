import Synchronization

/// Wakes those who watch a configuration when it has a new version.
///
/// An announcement carries no content: a watcher reads the store from where it stands. So however slow a watcher is,
/// it costs one pending wake-up, and still sees every version.
final class ConfigAnnouncements: Sendable {
  /// One watcher's place. It ends when the process shuts down.
  struct Subscription: Sendable {
    let announcements: AsyncStream<Void>
    fileprivate let key: ConfigKey
    fileprivate let number: UInt64
  }

  private struct State {
    var next: UInt64 = 0
    var closed = false
    var watchers: [ConfigKey: [UInt64: AsyncStream<Void>.Continuation]] = [:]
  }

  private let state = Mutex(State())

  /// The caller must hand the subscription back with ``unsubscribe(_:)``.
  func subscribe(_ key: ConfigKey) -> Subscription {
    // One waiting wake-up is as good as many.
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.next += 1
      if state.closed {
        continuation.finish()
      } else {
        state.watchers[key, default: [:]][state.next] = continuation
      }
      return state.next
    }
    return Subscription(announcements: stream, key: key, number: number)
  }

  func unsubscribe(_ subscription: Subscription) {
    let continuation = state.withLock { state in
      let continuation = state.watchers[subscription.key]?.removeValue(forKey: subscription.number)
      if state.watchers[subscription.key]?.isEmpty == true { state.watchers[subscription.key] = nil }
      return continuation
    }
    continuation?.finish()
  }

  func announce(_ key: ConfigKey) {
    let watchers = state.withLock { Array($0.watchers[key, default: [:]].values) }
    for watcher in watchers { watcher.yield() }
  }

  /// Wakes all: something was stored, and it is not known what.
  func announceAll() {
    let watchers = state.withLock { $0.watchers.values.flatMap(\.values) }
    for watcher in watchers { watcher.yield() }
  }

  /// Ends every watch, now and later.
  func close() {
    let watchers = state.withLock { state in
      state.closed = true
      defer { state.watchers = [:] }
      return state.watchers.values.flatMap(\.values)
    }
    for watcher in watchers { watcher.finish() }
  }

  var watcherCount: Int { state.withLock { $0.watchers.values.reduce(0) { $0 + $1.count } } }
}
