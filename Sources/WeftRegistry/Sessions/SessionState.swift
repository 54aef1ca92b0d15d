/// All sessions, as committed, and what follows from their ends.
struct SessionState: Sendable {
  private(set) var sessions: [String: Session] = [:]
  private var byNode: [String: Set<String>] = [:]
  /// Who may be silent until when; only sessions with a TTL are here.
  var leases = LeaseTable<String>()
  /// Until when nobody can lock a key. Those that are over stay until ``SessionCommand/forgetDelays``.
  private var delays: [KeyName: Duration] = [:]
  /// Of the last change of any session.
  private(set) var lastRevision: UInt64

  /// A session ends at twice its TTL, as Consul's do: a client that renews in time is never close to the edge.
  static let leniency = 2

  /// - Parameters:
  ///   - revision: the one the store is at.
  ///   - wallTime: the time since 1970, for the delays that were stored.
  init(
    sessions: [Session] = [], delays: [LockDelay] = [], revision: UInt64 = 0, now: Duration = .zero,
    wallTime: Duration = .zero
  ) {
    lastRevision = revision
    for session in sessions { add(session, now: now) }
    for delay in delays {
      // A clock that was set back must not lock a key for long.
      let left = min(max(delay.until - wallTime, .zero), delay.duration)
      self.delays[KeyName(delay.key)] = now + left
    }
  }

  subscript(id: String) -> Session? { sessions[id] }

  /// Sorted by id.
  var all: [Session] { sessions.values.sorted { $0.id < $1.id } }

  func ids(onNode node: String) -> Set<String> { byNode[node] ?? [] }

  func isDelayed(_ key: KeyName, now: Duration) -> Bool {
    delays[key].map { $0 > now } ?? false
  }

  // MARK: Indexes

  /// The revision at which the last session came or went; never 0, never falling.
  var index: UInt64 { max(lastRevision, 1) }

  // MARK: Changes

  mutating func apply(_ change: SessionChange, revision: UInt64, now: Duration) {
    switch change {
    case .put(let session):
      lastRevision = max(lastRevision, revision)
      add(session, now: now)
    case .delayed(let delay): delays[KeyName(delay.key)] = now + delay.duration
    case .undelayed(let key): delays[KeyName(key)] = nil
    case .removed(let id):
      lastRevision = max(lastRevision, revision)
      guard let session = sessions.removeValue(forKey: id) else { return }
      byNode[session.node]?.remove(id)
      if byNode[session.node]?.isEmpty == true { byNode[session.node] = nil }
      leases.drop(id)
    }
  }

  private mutating func add(_ session: Session, now: Duration) {
    sessions[session.id] = session
    byNode[session.node, default: []].insert(session.id)
    if let ttl = session.ttl { leases.grant(session.id, for: ttl * Self.leniency, now: now) }
  }

  /// Up to `limit` keys whose delay is over.
  func overdueDelays(now: Duration, limit: Int) -> [KeyName] {
    Array(delays.lazy.filter { $0.value <= now }.map(\.key).prefix(limit))
  }

  /// Starts the session's time anew; nil when there is none, or when it is about to end.
  mutating func renew(_ id: String, now: Duration) -> Session? {
    guard let session = sessions[id] else { return nil }
    if session.ttl != nil, !leases.renew(id, now: now) { return nil }
    return session
  }
}
