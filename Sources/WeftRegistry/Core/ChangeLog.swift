import WeftDiscovery

/// A committed change as the log keeps it.
struct LoggedChange: Sendable {
  var revision: UInt64
  var key: InstanceKey
  /// Nil when the change removed the instance.
  var record: InstanceRecord?

  var cost: Int { record?.cost ?? 96 }

  var change: CatalogueChange {
    CatalogueChange(revision: revision, kind: record.map { .put($0.instance) } ?? .removed(key))
  }
}

/// The newest changes, without a gap: the one buffer that all watchers read from, each at its own pace.
///
/// That is why a slow watcher costs no memory: it holds a revision, and when the log no longer reaches back
/// to it, it gets a snapshot.
struct ChangeLog {
  /// Changes after this revision are here.
  private(set) var floor: UInt64
  /// `entries[head + i]` has revision `floor + 1 + i`.
  private var entries: [LoggedChange] = []
  private var head = 0
  private var bytes = 0
  private let maxCount: Int
  private let maxBytes: Int

  init(floor: UInt64, maxCount: Int, maxBytes: Int) {
    self.floor = floor
    self.maxCount = maxCount
    self.maxBytes = maxBytes
  }

  var count: Int { entries.count - head }
  var revision: UInt64 { floor + UInt64(count) }

  /// Adds the next change and drops the oldest that no longer fit.
  mutating func append(_ change: LoggedChange) {
    precondition(change.revision == revision + 1, "changes must be logged in order")
    entries.append(change)
    bytes += change.cost
    while count > maxCount || (bytes > maxBytes && count > 0) {
      bytes -= entries[head].cost
      entries[head].record = nil
      head += 1
      floor += 1
    }
    if head > 1_024, head > count {
      entries.removeSubrange(..<head)
      head = 0
    }
  }

  /// The changes after a revision, or nil when some of them are gone or lie ahead.
  func changes(after revision: UInt64) -> ArraySlice<LoggedChange>? {
    guard revision >= floor, revision <= self.revision else { return nil }
    return entries[(head + Int(revision - floor))...]
  }
}
