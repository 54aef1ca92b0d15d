import WeftDiscovery

/// How far one watcher has got. The watcher pulls; nothing is queued for it.
struct WatchCursor: Sendable {
  /// Nil watches all.
  let service: String?
  /// There is nothing for the watcher up to here but what it was told.
  private(set) var position: UInt64
  /// The revision of the message before. Behind ``position`` when only other services changed since.
  private var told: UInt64
  private var history: String
  private var isFirst = true
  /// How much larger than other messages one may be that tells a single revision.
  private static let largestRevision = 4
  /// A snapshot that is being told in pieces, and the revision it shows.
  private var snapshot: ArraySlice<InstanceRecord>?

  init(service: String?, from start: WatchPosition) {
    self.service = service
    position = start.revision
    told = start.revision
    history = start.history
  }

  /// The next message, or nil when the watcher is up to date.
  ///
  /// The first message comes at once, even when it says nothing, so that the receiver knows that it is
  /// connected and up to date.
  mutating func next(_ core: RegistryCore) -> WatchUpdate? {
    defer { isFirst = false }
    if snapshot != nil { return nextPiece(core) }
    let isForeign = !history.isEmpty && history != core.history
    let isFresh = isFirst && position == 0
    history = core.history
    guard !isForeign, !isFresh, let changes = core.log.changes(after: position) else {
      // Unknown, compacted away, or ahead of this registry.
      return startOver(core)
    }
    return nextChanges(changes, core)
  }

  private mutating func startOver(_ core: RegistryCore) -> WatchUpdate {
    position = core.revision
    snapshot = (service.map { core.catalogue.records(of: $0) } ?? core.catalogue.allRecords())[...]
    return nextPiece(core)
  }

  /// Says nothing but that the watch lives and how far it is.
  mutating func progress(_ core: RegistryCore) -> WatchUpdate {
    defer { told = position }
    // The cursor's own history: a snapshot in pieces goes on with it after another one has begun.
    return WatchUpdate(position: WatchPosition(history: history, revision: position), after: told)
  }

  private mutating func nextChanges(
    _ slice: ArraySlice<LoggedRevision>, _ core: RegistryCore
  ) -> WatchUpdate? {
    var changes: [CatalogueChange] = []
    var bytes = 0
    for entry in slice {
      let news = entry.catalogueChanges(of: service)
      if !news.isEmpty {
        bytes += entry.cost
        let isFull =
          bytes > core.limits.watchMessageBytes
          || changes.count + news.count > core.limits.watchMessageChanges
        if isFull, !changes.isEmpty { break }
        // A revision is told whole, or, when no client would take a message so large, with all else in pieces.
        if entry.cost > Self.largestRevision * core.limits.watchMessageBytes { return startOver(core) }
        changes += news
      }
      position = entry.revision
    }
    if changes.isEmpty, !isFirst { return nil }
    var update = progress(core)
    update.changes = changes
    return update
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
    update.after = 0
    update.snapshot = piece
    update.snapshotContinues = !rest.isEmpty
    snapshot = rest.isEmpty ? nil : rest
    return update
  }
}
