/// One thing to do with keys: alone, or among others in a transaction.
public enum KeyValueOperation: Sendable, Hashable {
  /// Stores a value. A lock on the key stays.
  case set(key: String, value: [UInt8], flags: UInt64 = 0)
  /// Stores a value when the key last changed at `revision`; 0: when there is no such key.
  case compareAndSet(key: String, value: [UInt8], flags: UInt64 = 0, revision: UInt64)
  /// Stores a value and makes the session the holder of the key, unless another one holds it.
  case lock(key: String, value: [UInt8], flags: UInt64 = 0, session: String)
  /// Stores a value and makes nobody the holder of the key, when the session holds it.
  case unlock(key: String, value: [UInt8], flags: UInt64 = 0, session: String)
  /// Reads a key that must be there.
  case get(key: String)
  /// Reads all keys that begin with `prefix`.
  case getTree(prefix: String)
  /// Removes a key; one that is not there is no failure.
  case delete(key: String)
  /// Removes a key when it last changed at `revision`; one that is not there is no failure.
  case compareAndDelete(key: String, revision: UInt64)
  /// Removes all keys that begin with `prefix`.
  case deleteTree(prefix: String)
  /// Asks that the key last changed at `revision`.
  case checkIndex(key: String, revision: UInt64)
  /// Asks that the session holds the key.
  case checkSession(key: String, session: String)
  /// Asks that there is no such key.
  case checkNotExists(key: String)

  /// The key, or the prefix of keys, that it is about.
  public var key: String {
    switch self {
    case .set(let key, _, _), .compareAndSet(let key, _, _, _), .lock(let key, _, _, _),
      .unlock(let key, _, _, _), .get(let key), .getTree(let key), .delete(let key),
      .compareAndDelete(let key, _), .deleteTree(let key), .checkIndex(let key, _),
      .checkSession(let key, _), .checkNotExists(let key):
      key
    }
  }

  /// Whether it may change something.
  public var isWrite: Bool {
    switch self {
    case .set, .compareAndSet, .lock, .unlock, .delete, .compareAndDelete, .deleteTree: true
    case .get, .getTree, .checkIndex, .checkSession, .checkNotExists: false
    }
  }

  /// Whether ``key`` stands for all keys that begin with it.
  public var isTree: Bool {
    switch self {
    case .getTree, .deleteTree: true
    default: false
    }
  }

  var value: [UInt8]? {
    switch self {
    case .set(_, let value, _), .compareAndSet(_, let value, _, _), .lock(_, let value, _, _),
      .unlock(_, let value, _, _):
      value
    default: nil
    }
  }

  /// Roughly what it adds to a transaction.
  var cost: Int { KeyValueRecord.cost(keyBytes: key.utf8.count, valueBytes: value?.count ?? 0) }
}

/// What came of a ``KeyValueOperation``.
public struct KeyValueResult: Sendable, Hashable {
  /// Why it did not take place, in words; nil when it did. That is an answer, not an error: a lock is held, a
  /// revision is another one.
  public var refusal: String?
  /// What was read, or written.
  public var entries: [KeyValueEntry]

  public var isDone: Bool { refusal == nil }

  public static func done(_ entries: [KeyValueEntry] = []) -> KeyValueResult {
    KeyValueResult(refusal: nil, entries: entries)
  }

  public static func refused(_ reason: String) -> KeyValueResult {
    KeyValueResult(refusal: reason, entries: [])
  }
}
