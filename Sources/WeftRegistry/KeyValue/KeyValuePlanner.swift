/// What a batch makes of the keys: an overlay on the committed ones.
struct KeyValuePlanner: Sendable {
  let base: KeyValueState
  let limits: RegistryLimits
  /// What the batch has changed so far; nil inside means removed.
  private var overlay: [KeyName: KeyValueRecord?] = [:]
  private var addedKeys = 0
  private var addedBytes = 0
  /// What the command at hand has touched, in order, and whether it was there before.
  private var touched: [KeyName] = []
  private var wasThere: [KeyName: Bool] = [:]

  init(base: KeyValueState, limits: RegistryLimits) {
    self.base = base
    self.limits = limits
  }

  /// What the command at hand changed: each key once, as it is now.
  mutating func takeChanges() -> [KeyValueChange] {
    defer {
      touched = []
      wasThere = [:]
    }
    return touched.compactMap { name in
      if let record = self[name] { return .put(record) }
      return wasThere[name] == true ? .removed(name.text) : nil
    }
  }

  // MARK: Reading

  subscript(name: KeyName) -> KeyValueRecord? {
    if let changed = overlay[name] { return changed }
    return base[name]
  }

  /// Whether the batch has touched the key.
  func hasTouched(_ key: String) -> Bool { overlay[KeyName(key)] != nil }

  func records(prefix: String) -> [KeyValueRecord] {
    let found = base.records(prefix: prefix)
    let start = KeyName(prefix)
    let touched = overlay.filter { $0.key.hasPrefix(start) }
    guard !touched.isEmpty else { return found }
    let untouched = found.filter { touched[$0.name] == nil }
    return (untouched + touched.values.compactMap(\.self)).sorted { $0.name < $1.name }
  }

  private func names(lockedBy session: String) -> [KeyName] {
    var names = base.names(lockedBy: session).filter { overlay[$0] == nil }
    for case (let name, let record?) in overlay where record.entry.session == session { names.insert(name) }
    return names.sorted()
  }

  // MARK: Operations

  /// Throws what is an error to Consul's clients; what they learn as "false" is a refusal in the result.
  mutating func perform(
    _ operation: KeyValueOperation, revision: UInt64, sessions: SessionPlanner
  ) throws(RegistryError) -> KeyValueResult {
    switch operation {
    case .set(let key, let value, let flags):
      return .done([try put(key, value, flags, revision: revision)])
    case .compareAndSet(let key, let value, let flags, let expected):
      let found = self[KeyName(key)]?.entry.modifiedRevision ?? 0
      guard found == expected else {
        return .refused("key \(quoted(key)) was not set: its index is \(found), not \(expected)")
      }
      return .done([try put(key, value, flags, revision: revision)])
    case .lock(let key, let value, let flags, let session):
      return try lock(key, value, flags, session, revision: revision, sessions: sessions)
    case .unlock(let key, let value, let flags, let session):
      guard let holder = self[KeyName(key)]?.entry.session, holder == session else {
        return .refused("key \(quoted(key)) was not unlocked: session \(session) does not hold it")
      }
      return .done([try put(key, value, flags, holder: .some(nil), revision: revision)])
    case .delete(let key):
      remove(KeyName(key))
      return .done()
    case .compareAndDelete(let key, let expected):
      let found = self[KeyName(key)]?.entry.modifiedRevision
      guard found == nil || found == expected else {
        return .refused("key \(quoted(key)) was not deleted: its index is \(found ?? 0), not \(expected)")
      }
      remove(KeyName(key))
      return .done()
    case .deleteTree(let prefix):
      for record in records(prefix: prefix) { remove(record.name) }
      return .done()
    case .get, .getTree, .checkIndex, .checkSession, .checkNotExists:
      return read(operation)
    }
  }

  private func read(_ operation: KeyValueOperation) -> KeyValueResult {
    let entry = operation.isTree ? nil : self[KeyName(operation.key)]?.entry
    switch operation {
    case .getTree(let prefix): return .done(records(prefix: prefix).map(\.entry))
    case .checkNotExists(let key):
      return entry == nil ? .done() : .refused("key \(quoted(key)) exists")
    default: break
    }
    guard let entry else { return .refused("key \(quoted(operation.key)) does not exist") }
    switch operation {
    case .checkIndex(let key, let expected) where entry.modifiedRevision != expected:
      return .refused("key \(quoted(key)) has the index \(entry.modifiedRevision), not \(expected)")
    case .checkSession(let key, let session) where (entry.session ?? "") != session:
      let holder = entry.session.map { "session \($0)" } ?? "no session"
      return .refused("key \(quoted(key)) is held by \(holder), not by \(quoted(session))")
    case .get: return .done([entry])
    default: return .done([entry.withoutValue])
    }
  }

  private mutating func lock(
    _ key: String, _ value: [UInt8], _ flags: UInt64, _ session: String, revision: UInt64,
    sessions: SessionPlanner
  ) throws(RegistryError) -> KeyValueResult {
    guard sessions[session] != nil else {
      throw .failedPrecondition("session: there is no session \(quoted(session))")
    }
    let holder = self[KeyName(key)]?.entry.session
    if let holder, holder != session {
      return .refused("key \(quoted(key)) was not locked: session \(holder) holds it")
    }
    guard !sessions.isDelayed(KeyName(key)) else {
      return .refused("key \(quoted(key)) was not locked: its last holder may not know yet that it lost it")
    }
    return .done([try put(key, value, flags, holder: session, revision: revision)])
  }

  // MARK: Changes

  /// Lets go of all keys that a session holds, as its end demands, and returns them.
  mutating func end(_ session: Session, revision: UInt64) -> [KeyName] {
    let names = names(lockedBy: session.id)
    for name in names {
      switch session.behavior {
      case .delete: remove(name)
      case .release:
        guard var entry = self[name]?.entry else { continue }
        entry.session = nil
        entry.modifiedRevision = revision
        change(name, to: KeyValueRecord(entry))
      }
    }
    return names
  }

  /// - Parameter holder: nil leaves it as it is.
  private mutating func put(
    _ key: String, _ value: [UInt8], _ flags: UInt64, holder: String?? = .none, revision: UInt64
  ) throws(RegistryError) -> KeyValueEntry {
    let name = KeyName(key)
    let old = self[name]
    var entry = old?.entry ?? KeyValueEntry(key: key, createdRevision: revision)
    entry.value = value
    entry.flags = flags
    if let holder {
      if let holder, holder != entry.session { entry.lockIndex += 1 }
      entry.session = holder
    }
    // Writing what is there already is no change, and wakes nobody.
    if let old, old.entry == entry { return entry }
    entry.modifiedRevision = revision
    let record = KeyValueRecord(entry)
    if old == nil, base.count + addedKeys >= limits.keys {
      throw .resourceExhausted("the registry holds its limit of \(limits.keys) keys")
    }
    if record.cost > old?.cost ?? 0,
      base.bytes + addedBytes + record.cost - (old?.cost ?? 0) > limits.keyValueBytes
    {
      throw .resourceExhausted("the registry holds its limit of \(limits.keyValueBytes) bytes of keys")
    }
    change(name, to: record)
    return entry
  }

  private mutating func remove(_ name: KeyName) {
    if self[name] != nil { change(name, to: nil) }
  }

  private mutating func change(_ name: KeyName, to record: KeyValueRecord?) {
    let old = self[name]
    if wasThere[name] == nil {
      touched.append(name)
      wasThere[name] = old != nil
    }
    addedKeys += (record == nil ? 0 : 1) - (old == nil ? 0 : 1)
    addedBytes += (record?.cost ?? 0) - (old?.cost ?? 0)
    overlay[name] = .some(record)
  }

  private func quoted(_ text: String) -> String { FieldCheck(field: "").quoted(text) }
}
