/// A key and what it holds.
public struct KeyValueEntry: Sendable, Hashable {
  public var key: String
  public var value: [UInt8]
  /// 64 bits that mean what their writer wants them to mean.
  public var flags: UInt64
  /// The session that holds the key as a lock; nil when none does.
  public var session: String?
  /// How often the key was acquired as a lock by a session that did not hold it.
  public var lockIndex: UInt64
  /// When the key came; set by the registry.
  public var createdRevision: UInt64
  /// When the key last changed; set by the registry. It is what compare-and-set compares.
  public var modifiedRevision: UInt64

  public init(
    key: String, value: [UInt8] = [], flags: UInt64 = 0, session: String? = nil, lockIndex: UInt64 = 0,
    createdRevision: UInt64 = 0, modifiedRevision: UInt64 = 0
  ) {
    self.key = key
    self.value = value
    self.flags = flags
    self.session = session
    self.lockIndex = lockIndex
    self.createdRevision = createdRevision
    self.modifiedRevision = modifiedRevision
  }

  /// The same without the value, as answers tell it that confirm a write.
  public var withoutValue: KeyValueEntry {
    var entry = self
    entry.value = []
    return entry
  }
}

/// A stored key, shared by the state, the change log and readers.
public final class KeyValueRecord: Sendable {
  public let entry: KeyValueEntry
  /// Roughly the bytes it takes.
  public let cost: Int

  init(_ entry: KeyValueEntry) {
    self.entry = entry
    cost = Self.cost(keyBytes: entry.key.utf8.count, valueBytes: entry.value.count)
  }

  var name: KeyName { KeyName(entry.key) }

  static func cost(keyBytes: Int, valueBytes: Int) -> Int { 128 + keyBytes + valueBytes }
}

extension KeyValueRecord: Hashable {
  public static func == (a: KeyValueRecord, b: KeyValueRecord) -> Bool { a === b || a.entry == b.entry }
  public func hash(into hasher: inout Hasher) { hasher.combine(entry) }
}

/// What happened to a key.
public enum KeyValueChange: Sendable, Hashable {
  case put(KeyValueRecord)
  case removed(String)

  public var key: String {
    switch self {
    case .put(let record): record.entry.key
    case .removed(let key): key
    }
  }

  /// Roughly the bytes it takes in the log.
  var cost: Int {
    switch self {
    case .put(let record): record.cost
    case .removed(let key): 96 + key.utf8.count
    }
  }
}
