import WeftDiscovery

/// The messages of one watch, until the registry closes or the task is cancelled.
///
/// The consumer's pace is the watch's pace. One consumer only.
public struct WatchSequence: AsyncSequence, Sendable {
  public typealias Element = WatchUpdate

  private let slot: WatchSlot
  private let cursor: WatchCursor

  init(registry: Registry, cursor: WatchCursor) {
    slot = WatchSlot(registry)
    self.cursor = cursor
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(slot: slot, cursor: cursor)
  }

  public struct Iterator: AsyncIteratorProtocol {
    private let slot: WatchSlot
    private var cursor: WatchCursor

    fileprivate init(slot: WatchSlot, cursor: WatchCursor) {
      self.slot = slot
      self.cursor = cursor
    }

    public mutating func next() async -> WatchUpdate? {
      var isIdle = false
      while !Task.isCancelled {
        if let update = slot.registry.pull(&cursor, orProgress: isIdle) { return update }
        switch await slot.registry.waitForChange(after: cursor.position, service: cursor.service) {
        case .changed: break
        case .idle: isIdle = true
        case .closed: return nil
        }
      }
      return nil
    }
  }
}

/// One of the registry's bounded number of watches; given back when nobody holds it.
final class WatchSlot: Sendable {
  let registry: Registry

  init(_ registry: Registry) {
    self.registry = registry
  }

  deinit {
    registry.state.withLock { $0.watchers -= 1 }
  }
}

extension Registry {
  fileprivate func pull(_ cursor: inout WatchCursor, orProgress isIdle: Bool) -> WatchUpdate? {
    state.withLock { state in
      cursor.next(state.core) ?? (isIdle ? cursor.progress(state.core) : nil)
    }
  }

  /// Returns at once when there is something after `position` already.
  fileprivate func waitForChange(after position: UInt64, service: String?) async -> WatchHub.Wake {
    await park(on: .watch(service)) { state in
      state.core.revision != position
    }
  }
}
