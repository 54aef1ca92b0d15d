import Testing

@testable import WeftRegistry

/// Keys and sessions without a registry around them: each batch is planned and applied at once.
struct KeyValueFixture {
  var keys = KeyValueState()
  var sessions = SessionState()
  var limits = RegistryLimits()
  var revision: UInt64 = 0
  var now: Duration = .zero

  /// One batch of one command. The changes of a command that throws are dropped, as the registry does.
  @discardableResult
  mutating func batch<R>(
    _ body: (inout KeyValuePlanner, inout SessionPlanner, UInt64) throws -> R
  ) rethrows -> R {
    var planner = KeyValuePlanner(base: keys, limits: limits)
    var sessionPlanner = SessionPlanner(base: sessions, limits: limits, now: now)
    let result = try body(&planner, &sessionPlanner, revision + 1)
    for session in sessionPlanner.takeEnding() {
      sessionPlanner.noteReleased(planner.end(session, revision: revision + 1), of: session)
    }
    let (keyChanges, sessionChanges) = (planner.takeChanges(), sessionPlanner.takeChanges())
    if !keyChanges.isEmpty || !sessionChanges.isEmpty { revision += 1 }
    for change in keyChanges { keys.apply(change, revision: revision) }
    for change in sessionChanges { sessions.apply(change, revision: revision, now: now) }
    return result
  }

  @discardableResult
  mutating func perform(_ operation: KeyValueOperation) throws -> KeyValueResult {
    try batch { try $0.perform(operation, revision: $2, sessions: $1) }
  }

  mutating func create(_ session: Session) throws {
    try batch { _, sessions, revision in _ = try sessions.create(session, revision: revision) }
  }

  mutating func end(_ id: String) {
    batch { _, sessions, _ in sessions.end(id) }
  }

  /// Key, value and index of all keys, as text.
  var contents: [String] {
    keys.records(prefix: "").map { record in
      let entry = record.entry
      let holder = entry.session.map { " \($0) \(entry.lockIndex)" } ?? ""
      return "\(entry.key)=\(String(decoding: entry.value, as: UTF8.self)) \(entry.modifiedRevision)\(holder)"
    }
  }
}

extension KeyValueOperation {
  static func set(_ key: String, _ value: String, flags: UInt64 = 0) -> KeyValueOperation {
    .set(key: key, value: Array(value.utf8), flags: flags)
  }

  static func lock(_ key: String, _ value: String = "", by session: String) -> KeyValueOperation {
    .lock(key: key, value: Array(value.utf8), session: session)
  }

  static func unlock(_ key: String, _ value: String = "", by session: String) -> KeyValueOperation {
    .unlock(key: key, value: Array(value.utf8), session: session)
  }
}
