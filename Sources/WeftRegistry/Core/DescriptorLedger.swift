/// Which descriptor sets are stored, and which of them an instance still refers to.
///
/// The bytes themselves stay in the store.
struct DescriptorLedger: Sendable {
  private struct Entry {
    var size: Int
    var references = 0
    /// When it was stored or last referred to.
    var idleSince: Duration
  }

  private var entries: [String: Entry] = [:]
  private(set) var totalBytes = 0

  var count: Int { entries.count }

  func contains(_ hash: String) -> Bool { entries[hash] != nil }

  mutating func add(_ hash: String, size: Int, now: Duration) {
    guard entries[hash] == nil else { return touch(hash, now: now) }
    entries[hash] = Entry(size: size, idleSince: now)
    totalBytes += size
  }

  mutating func touch(_ hash: String, now: Duration) {
    entries[hash]?.idleSince = now
  }

  mutating func remove(_ hash: String) {
    guard let entry = entries.removeValue(forKey: hash) else { return }
    totalBytes -= entry.size
  }

  mutating func retain(_ hash: String) {
    entries[hash]?.references += 1
  }

  mutating func release(_ hash: String, now: Duration) {
    entries[hash]?.references -= 1
    entries[hash]?.idleSince = now
  }

  /// Sets that nobody has referred to for `retention`.
  func idle(for retention: Duration, now: Duration) -> [String] {
    entries.compactMap { hash, entry in
      entry.references <= 0 && now - entry.idleSince >= retention ? hash : nil
    }
  }
}
