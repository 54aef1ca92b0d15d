extension Scope {
  static func insert(touchedBy change: KeyValueChange, into scopes: inout Set<Scope>) {
    scopes.formUnion([.keyValues, .kvKey(change.key)])
  }

  static func insert(touchedBy change: SessionChange, sessions: SessionState, into scopes: inout Set<Scope>) {
    switch change {
    case .put(let session):
      scopes.formUnion([.sessions, .session(session.id), .nodeSessions(session.node)])
    case .removed(let id):
      scopes.formUnion([.sessions, .session(id)])
      if let old = sessions[id] { scopes.insert(.nodeSessions(old.node)) }
    // Nobody can see these.
    case .delayed, .undelayed: break
    }
  }
}
