/// All sessions, as committed, and what follows from their ends.
struct SessionState: Sendable {
  private(set) var sessions: [String: Session] = [:]
  private var byNode: [String: Set<String>] = [:]
  /// Who may be silent until when; only sessions with a TTL are here.
  var leases = LeaseTable<String>()
  /// Keys whose last holder ended without giving them back, and until when nobody can lock them.
  private var delays: [KeyName: Duration] = [:]
  /// Of the last change of any session.
  private(set) var lastRevision: UInt64

  /// A session ends at twice its TTL, as Consul's do: a client that renews in time is never close to the edge.
  static let leniency = 2
  /// How many delays may pile up before those that are over are looked for.
  private static let delaysBeforeSweep = 1_024
  private var nextSweep = SessionState.delaysBeforeSweep

  /// - Parameter revision: the one the store is at.
  init(sessions: [Session] = [], revision: UInt64 = 0, now: Duration = .zero) {
    lastRevision = revision
    for session in sessions { add(session, now: now) }
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
    lastRevision = max(lastRevision, revision)
    switch change {
    case .put(let session): add(session, now: now)
    case .removed(let id):
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

  /// Nobody can lock these keys for a while.
  mutating func delay(_ keys: some Sequence<KeyName>, for duration: Duration, now: Duration) {
    guard duration > .zero else { return }
    for key in keys { delays[key] = max(delays[key] ?? .zero, now + duration) }
    if delays.count > nextSweep {
      delays = delays.filter { $0.value > now }
      nextSweep = max(Self.delaysBeforeSweep, 2 * delays.count)
    }
  }

  /// Starts the session's time anew; nil when there is none, or when it is about to end.
  mutating func renew(_ id: String, now: Duration) -> Session? {
    guard let session = sessions[id] else { return nil }
    if session.ttl != nil, !leases.renew(id, now: now) { return nil }
    return session
  }
}
