/// All keys, as committed.
struct KeyValueState: Sendable {
  private var records = OrderedMap<KeyName, KeyValueRecord>()
  private var graveyard: Graveyard
  /// The keys that each session holds as locks.
  private var locks: [String: Set<KeyName>] = [:]
  private(set) var bytes = 0
  /// Of the last change of any key.
  private(set) var lastRevision: UInt64
  /// At which this began: an index that was told before a snapshot was restored must not fall.
  private let firstRevision: UInt64

  /// - Parameters:
  ///   - revision: the one the store is at. Removals before it are not known any more.
  ///   - tombstones: how many removals to remember.
  init(entries: [KeyValueEntry] = [], revision: UInt64 = 0, tombstones: Int = 16_384) {
    graveyard = Graveyard(floor: revision, limit: tombstones)
    lastRevision = revision
    firstRevision = revision
    for entry in entries { add(KeyValueRecord(entry)) }
  }

  var count: Int { records.count }

  subscript(key: String) -> KeyValueRecord? { records[KeyName(key)] }

  subscript(name: KeyName) -> KeyValueRecord? { records[name] }

  /// The keys that begin with `prefix` and come after `key`, in the order of their bytes.
  func records(prefix: String, after key: String = "") -> [KeyValueRecord] {
    let (prefix, key) = (KeyName(prefix), KeyName(key))
    var found: [KeyValueRecord] = []
    records.forEach(from: max(prefix, key)) { name, record in
      guard name.hasPrefix(prefix) else { return false }
      if name != key || key.text.isEmpty { found.append(record) }
      return true
    }
    return found
  }

  /// The names that begin with `prefix`; those that have the separator behind it are cut off after it, and told
  /// once.
  func keys(prefix: String, separator: String) -> [String] {
    let prefix = KeyName(prefix)
    let skipped = prefix.text.utf8.count
    var found: [String] = []
    records.forEach(prefix: prefix) { name, _ in
      let key = name.text.cut(after: separator, from: skipped)
      // In order, so that equal ones are neighbours.
      if found.last.map({ !$0.utf8.elementsEqual(key.utf8) }) ?? true { found.append(key) }
    }
    return found
  }

  func names(lockedBy session: String) -> Set<KeyName> { locks[session] ?? [] }

  // MARK: Indexes

  /// The revision at which the key last came, changed or went; never 0, never falling.
  func index(key: String) -> UInt64 {
    let name = KeyName(key)
    return max(records[name]?.entry.modifiedRevision ?? graveyard.revision(of: name), firstRevision, 1)
  }

  /// The revision at which a key below the prefix last came, changed or went; never 0, never falling.
  func index(prefix: String) -> UInt64 { max(newest(prefix: prefix), 1) }

  /// The same, and 0 when there was never a change.
  func newest(prefix: String) -> UInt64 {
    if prefix.isEmpty { return lastRevision }
    let name = KeyName(prefix)
    var newest = graveyard.revision(prefix: name)
    records.forEach(prefix: name) { newest = max(newest, $1.entry.modifiedRevision) }
    return newest
  }

  /// What changed below a prefix after a revision; nil when that is too long ago to be known.
  func changes(prefix: String, after revision: UInt64) -> (put: [KeyValueRecord], removed: [String])? {
    guard revision >= graveyard.floor else { return nil }
    let name = KeyName(prefix)
    var put: [KeyValueRecord] = []
    records.forEach(prefix: name) { if $1.entry.modifiedRevision > revision { put.append($1) } }
    let removed = graveyard.removals(prefix: name, after: revision).filter { records[$0.name] == nil }
    return (put, removed.map(\.name.text))
  }

  // MARK: Changes

  mutating func apply(_ change: KeyValueChange, revision: UInt64) {
    lastRevision = max(lastRevision, revision)
    switch change {
    case .put(let record): add(record)
    case .removed(let key):
      let name = KeyName(key)
      guard let old = records.remove(name) else { return }
      forget(old, name)
      graveyard.bury(name, at: revision)
    }
  }

  private mutating func add(_ record: KeyValueRecord) {
    let name = record.name
    if let old = records.set(name, to: record) { forget(old, name) }
    bytes += record.cost
    if let session = record.entry.session { locks[session, default: []].insert(name) }
  }

  private mutating func forget(_ record: KeyValueRecord, _ name: KeyName) {
    bytes -= record.cost
    guard let session = record.entry.session else { return }
    locks[session]?.remove(name)
    if locks[session]?.isEmpty == true { locks[session] = nil }
  }
}

extension String {
  /// All up to the first `separator` behind `start` bytes, with it; all when there is none.
  func cut(after separator: String, from start: Int) -> String {
    let separator = Array(separator.utf8)
    guard let first = separator.first else { return self }
    let bytes = Array(utf8)
    var index = start
    while index + separator.count <= bytes.count {
      if bytes[index] == first, bytes[index..<(index + separator.count)].elementsEqual(separator) {
        return String(decoding: bytes[..<(index + separator.count)], as: UTF8.self)
      }
      index += 1
    }
    return self
  }
}
