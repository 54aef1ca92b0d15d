extension Scope {
  static func insert(touchedBy change: KeyValueChange, into scopes: inout Set<Scope>) {
    scopes.formUnion([.keyValues, .kvKey(change.key)])
  }

  static func insert(touchedBy change: SessionChange, sessions: SessionState, into scopes: inout Set<Scope>) {
    scopes.formUnion([.sessions, .session(change.id)])
    switch change {
    case .put(let session): scopes.insert(.nodeSessions(session.node))
    case .removed(let id): if let old = sessions[id] { scopes.insert(.nodeSessions(old.node)) }
    }
  }
}
