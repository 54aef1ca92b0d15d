/// What a batch makes of the sessions: an overlay on the committed ones.
///
/// Ends come in two steps. Whatever ends a session (its client, its time, a check, a node) marks it here; then
/// ``takeEnding()`` hands it to the planner of the keys, which lets go of its locks in the same revision.
struct SessionPlanner: Sendable {
  let base: SessionState
  let limits: RegistryLimits
  let now: Duration
  let wallTime: Duration
  private var overlay: [String: Session?] = [:]
  private var added = 0
  private var ending: [Session] = []
  /// Keys that this batch took from sessions which ended.
  private var delayed: Set<KeyName> = []
  private var forgotten: Set<KeyName> = []
  /// What the command at hand has touched, in order, and whether it was there before.
  private var touched: [String] = []
  private var wasThere: [String: Bool] = [:]
  /// What the command at hand did to delays.
  private var delayChanges: [SessionChange] = []

  init(base: SessionState, limits: RegistryLimits, now: Duration, wallTime: Duration = .zero) {
    self.base = base
    self.limits = limits
    self.now = now
    self.wallTime = wallTime
  }

  /// What the command at hand changed: each session once, as it is now.
  mutating func takeChanges() -> [SessionChange] {
    defer {
      touched = []
      wasThere = [:]
      delayChanges = []
    }
    return delayChanges
      + touched.compactMap { id in
        if let session = self[id] { return .put(session) }
        return wasThere[id] == true ? .removed(id) : nil
      }
  }

  /// Sessions that ended since the last call, and still have their keys.
  mutating func takeEnding() -> [Session] {
    defer { ending = [] }
    return ending
  }

  subscript(id: String) -> Session? {
    if let changed = overlay[id] { return changed }
    return base[id]
  }

  func hasTouched(_ id: String) -> Bool { overlay[id] != nil }

  func isDelayed(_ key: KeyName) -> Bool {
    delayed.contains(key) || base.isDelayed(key, now: now)
  }

  /// The node and the checks have been found good.
  mutating func create(_ session: Session, revision: UInt64) throws(RegistryError) -> Session {
    if base.sessions.count + added >= limits.sessions {
      throw .resourceExhausted("the registry holds its limit of \(limits.sessions) sessions")
    }
    guard self[session.id] == nil else {
      throw .failedPrecondition("session.id: there is a session \(session.id) already")
    }
    var session = session
    session.createdRevision = revision
    session.modifiedRevision = revision
    added += 1
    change(session.id, to: session)
    return session
  }

  // MARK: Ends

  /// Ends a session; one that is not there is no error.
  mutating func end(_ id: String) {
    guard let session = self[id] else { return }
    added -= 1
    change(id, to: nil)
    ending.append(session)
  }

  /// Ends those whose time has run out, unless they were renewed since.
  mutating func expire(_ ids: [String]) {
    for id in ids where base.leases.isExpiring(id) { end(id) }
  }

  /// The keys were taken from a session that ended.
  mutating func noteReleased(_ keys: [KeyName], of session: Session) {
    guard session.lockDelay > .zero else { return }
    delayed.formUnion(keys)
    forgotten.subtract(keys)
    let until = wallTime + session.lockDelay
    delayChanges += keys.map {
      .delayed(LockDelay(key: $0.text, duration: session.lockDelay, until: until))
    }
  }

  /// Drops delays that are over, which nobody needs any more.
  mutating func forgetDelays() {
    for key in base.overdueDelays(now: now, limit: limits.commandsPerCommit)
    where !delayed.contains(key) && forgotten.insert(key).inserted {
      delayChanges.append(.undelayed(key.text))
    }
  }

  mutating func nodeRemoved(_ node: String) {
    for id in ids(onNode: node) { end(id) }
  }

  /// A check of a node, or of one of its instances, became critical or is there no more.
  mutating func checkFailed(_ check: String, node: String) {
    for id in ids(onNode: node) where self[id]?.checks.contains(check) ?? false { end(id) }
  }

  private mutating func change(_ id: String, to session: Session?) {
    if wasThere[id] == nil {
      touched.append(id)
      wasThere[id] = self[id] != nil
    }
    overlay[id] = .some(session)
  }

  private func ids(onNode node: String) -> [String] {
    var ids = base.ids(onNode: node).filter { overlay[$0] == nil }
    for case (let id, let session?) in overlay where session.node == node { ids.insert(id) }
    return ids.sorted()
  }
}
