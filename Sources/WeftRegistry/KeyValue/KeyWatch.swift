import WeftDiscovery

/// What a watch of keys has to tell: everything, or what changed since the message before.
public struct KeyUpdate: Sendable {
  /// The receiver is up to date to here.
  public var position: WatchPosition
  /// Whether the receiver forgets what it had.
  public var isSnapshot: Bool
  public var entries: [KeyValueEntry]
  public var removed: [String]
}

/// The updates of one watch, until the registry closes or the task is cancelled. One consumer only.
///
/// Like a watcher of services it pulls: nothing is queued for it, and of a key that changes faster than it reads it
/// sees the newest state.
public struct KeyWatch: AsyncSequence, Sendable {
  public typealias Element = KeyUpdate

  private let slot: WatchSlot
  private let prefix: String
  private let start: WatchPosition

  init(registry: Registry, prefix: String, start: WatchPosition) {
    slot = WatchSlot(registry)
    self.prefix = prefix
    self.start = start
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(slot: slot, prefix: prefix, position: start)
  }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let slot: WatchSlot
    fileprivate let prefix: String
    fileprivate var position: WatchPosition
    fileprivate var isFirst = true

    public mutating func next() async -> KeyUpdate? {
      let registry = slot.registry
      while !Task.isCancelled {
        let update = registry.keyUpdate(prefix: prefix, from: position)
        position = update.position
        if isFirst || update.isSnapshot || !update.entries.isEmpty || !update.removed.isEmpty {
          isFirst = false
          return update
        }
        let idle = registry.clock.now + registry.configuration.watchIdleInterval
        let wake = await registry.park(on: .scope(.kvPrefix(prefix)), until: idle) {
          [prefix, revision = position.revision] state in
          state.core.keyValue.newest(prefix: prefix) > revision
        }
        switch wake {
        case .changed: break
        // Says nothing but that it lives.
        case .idle: return update
        case .closed: return nil
        }
      }
      return nil
    }
  }
}

extension Registry {
  /// What is below a prefix, and then what changes there.
  public func watchKeys(
    prefix: String, from start: WatchPosition = .start
  ) throws(RegistryError) -> KeyWatch {
    try admitWatcher()
    return KeyWatch(registry: self, prefix: prefix, start: start)
  }

  fileprivate func keyUpdate(prefix: String, from position: WatchPosition) -> KeyUpdate {
    let (history, revision, records, changes) = state.withLock { state in
      let core = state.core
      let isKnown =
        position.revision > 0 && position.revision <= core.revision
        && (position.history.isEmpty || position.history == core.history)
      let changes = isKnown ? core.keyValue.changes(prefix: prefix, after: position.revision) : nil
      return (
        core.history, core.revision, changes?.put ?? core.keyValue.records(prefix: prefix), changes
      )
    }
    return KeyUpdate(
      position: WatchPosition(history: history, revision: revision), isSnapshot: changes == nil,
      entries: records.map(\.entry), removed: changes?.removed ?? [])
  }
}
