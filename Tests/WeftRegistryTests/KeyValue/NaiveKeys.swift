@testable import WeftRegistry

/// What keys and sessions must be, by the shortest way to say it: dictionaries, and no sharing, overlays or indexes.
struct NaiveKeys {
  struct Holder {
    var session: Session
    /// When it last gave a sign of life.
    var lastSign: Duration
  }

  var keys: [String: KeyValueEntry] = [:]
  var sessions: [String: Holder] = [:]
  /// Until when a key cannot be locked.
  var delays: [String: Duration] = [:]
  var revision: UInt64 = 0
  private var hasForgotten = false

  /// What the command must be answered with, as text; it takes place if it does.
  mutating func perform(_ command: RegistryCommand, isExpiring: (String) -> Bool, now: Duration) -> String {
    let before = (keys, Set(sessions.keys))
    let answer = answer(to: command, isExpiring: isExpiring, now: now)
    if before != (keys, Set(sessions.keys)) || hasForgotten { revision += 1 }
    hasForgotten = false
    return answer
  }

  private mutating func answer(
    to command: RegistryCommand, isExpiring: (String) -> Bool, now: Duration
  ) -> String {
    switch command {
    case .keyValue(let operation): return perform(operation, now: now).map { "done \($0)" } ?? "refused"
    case .transaction(let operations):
      let before = self
      var results: [String] = []
      var failed: [Int] = []
      for (index, operation) in operations.enumerated() {
        guard case .keyValue(let operation) = operation else { continue }
        if let found = perform(operation, now: now) { results += found } else { failed.append(index) }
      }
      if failed.isEmpty { return "done \(results)" }
      self = before
      return "failed \(failed)"
    case .session(.create(let session)):
      var session = session
      session.createdRevision = revision + 1
      session.modifiedRevision = revision + 1
      sessions[session.id] = Holder(session: session, lastSign: now)
    case .session(.destroy(let id)): end(id, now: now)
    case .session(.forgetDelays):
      hasForgotten = delays.values.contains { $0 <= now }
      delays = delays.filter { $0.value > now }
    case .session(.expire(let ids)): for id in ids where isExpiring(id) { end(id, now: now) }
    default: break
    }
    return "ok"
  }

  private mutating func end(_ id: String, now: Duration) {
    guard let session = sessions.removeValue(forKey: id)?.session else { return }
    for (key, entry) in keys where entry.session == id {
      var released = entry
      released.session = nil
      released.modifiedRevision = revision + 1
      keys[key] = session.behavior == .delete ? nil : released
      if session.lockDelay > .zero { delays[key] = max(delays[key] ?? .zero, now + session.lockDelay) }
    }
  }

  /// Keys and revisions of what was read or written; nil when it is refused.
  private mutating func perform(_ operation: KeyValueOperation, now: Duration) -> [String]? {
    let key = operation.key
    let old = keys[key]
    switch operation {
    case .set(_, let value, let flags): return [put(key, value, flags, old?.session)]
    case .compareAndSet(_, let value, let flags, let expected):
      guard (old?.modifiedRevision ?? 0) == expected else { return nil }
      return [put(key, value, flags, old?.session)]
    case .lock(_, let value, let flags, let session):
      guard sessions[session] != nil, old?.session == nil || old?.session == session else { return nil }
      if let delay = delays[key], delay > now { return nil }
      return [put(key, value, flags, session)]
    case .unlock(_, let value, let flags, let session):
      guard let old, old.session == session else { return nil }
      return [put(key, value, flags, nil)]
    case .delete: remove(key)
    case .compareAndDelete(_, let expected):
      guard old == nil || old?.modifiedRevision == expected else { return nil }
      remove(key)
    case .deleteTree(let prefix): for key in keys.keys where key.hasPrefix(prefix) { remove(key) }
    case .get: return old.map { ["\(key)@\($0.modifiedRevision)"] }
    case .getTree(let prefix):
      return keys.values.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
        .map { "\($0.key)@\($0.modifiedRevision)" }
    case .checkIndex(_, let expected):
      return old.flatMap { $0.modifiedRevision == expected ? ["\(key)@\(expected)"] : nil }
    case .checkSession(_, let session):
      return old.flatMap { ($0.session ?? "") == session ? ["\(key)@\($0.modifiedRevision)"] : nil }
    case .checkNotExists: return old == nil ? [] : nil
    }
    return []
  }

  private mutating func put(_ key: String, _ value: [UInt8], _ flags: UInt64, _ session: String?) -> String {
    var entry = keys[key] ?? KeyValueEntry(key: key, createdRevision: revision + 1)
    let old = keys[key]
    if let session, entry.session != session { entry.lockIndex += 1 }
    entry.value = value
    entry.flags = flags
    entry.session = session
    if entry != old {
      entry.modifiedRevision = revision + 1
      keys[key] = entry
    }
    return "\(key)@\(entry.modifiedRevision)"
  }

  private mutating func remove(_ key: String) {
    keys[key] = nil
  }
}
