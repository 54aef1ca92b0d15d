import WeftDiscovery

/// How far one watcher has got. The watcher pulls; nothing is queued for it.
struct WatchCursor: Sendable {
  /// Nil watches all.
  let service: String?
  /// The watcher has been told everything to here.
  private(set) var position: UInt64
  private var history: String
  private var isFirst = true
  /// A snapshot that is being told in pieces, and the revision it shows.
  private var snapshot: ArraySlice<InstanceRecord>?

  init(service: String?, from start: WatchPosition) {
    self.service = service
    position = start.revision
    history = start.history
  }

  /// The next message, or nil when the watcher is up to date.
  ///
  /// The first message comes at once, even when it says nothing, so that the receiver knows that it is
  /// connected and up to date.
  mutating func next(_ core: RegistryCore) -> WatchUpdate? {
    defer { isFirst = false }
    if snapshot != nil { return nextPiece(core) }
    let isForeign = isFirst && !history.isEmpty && history != core.history
    let isFresh = isFirst && position == 0
    history = core.history
    guard !isForeign, !isFresh, let changes = core.log.changes(after: position) else {
      // Unknown, compacted away, or ahead of this registry: start over.
      position = core.revision
      snapshot = (service.map { core.catalogue.records(of: $0) } ?? core.catalogue.allRecords())[...]
      return nextPiece(core)
    }
    return nextChanges(changes, core)
  }

  /// Says nothing but that the watch lives.
  func progress(_ core: RegistryCore) -> WatchUpdate {
    WatchUpdate(position: WatchPosition(history: core.history, revision: position))
  }

  private mutating func nextChanges(_ changes: ArraySlice<LoggedChange>, _ core: RegistryCore) -> WatchUpdate?
  {
    var update = progress(core)
    var bytes = 0
    for change in changes {
      if service == nil || service == change.key.service {
        bytes += change.cost
        let isFull =
          bytes > core.limits.watchMessageBytes || update.changes.count >= core.limits.watchMessageChanges
        if isFull, !update.changes.isEmpty { break }
        update.changes.append(change.change)
      }
      position = change.revision
    }
    update.position.revision = position
    return update.changes.isEmpty && !isFirst ? nil : update
  }

  private mutating func nextPiece(_ core: RegistryCore) -> WatchUpdate {
    var update = progress(core)
    var rest = snapshot ?? []
    var piece: [ServiceInstance] = []
    var bytes = 0
    while let record = rest.first {
      bytes += record.cost
      if bytes > core.limits.watchMessageBytes, !piece.isEmpty { break }
      piece.append(record.instance)
      rest.removeFirst()
    }
    update.snapshot = piece
    update.snapshotContinues = !rest.isEmpty
    snapshot = rest.isEmpty ? nil : rest
    return update
  }
}
