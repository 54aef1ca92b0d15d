/// The newest changes, without a gap: the one buffer that all watchers read from, each at its own pace.
///
/// That is why a slow watcher costs no memory: it holds a revision, and when the log no longer reaches back
/// to it, it gets a snapshot.
struct ChangeLog {
  /// Changes after this revision are here.
  private(set) var floor: UInt64
  /// `entries[head + i]` has revision `floor + 1 + i`.
  private var entries: [LoggedRevision] = []
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

  /// Adds the next revision and drops the oldest that no longer fit.
  mutating func append(_ entry: LoggedRevision) {
    precondition(entry.revision == revision + 1, "changes must be logged in order")
    entries.append(entry)
    bytes += entry.cost
    while count > maxCount || (bytes > maxBytes && count > 0) {
      bytes -= entries[head].cost
      entries[head].changes = []
      head += 1
      floor += 1
    }
    if head > 1_024, head > count {
      entries.removeSubrange(..<head)
      head = 0
    }
  }

  /// The revisions after one, or nil when some of them are gone or lie ahead.
  func changes(after revision: UInt64) -> ArraySlice<LoggedRevision>? {
    guard revision >= floor, revision <= self.revision else { return nil }
    return entries[(head + Int(revision - floor))...]
  }
}
