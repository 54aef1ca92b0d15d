import WeftDiscovery

/// Sessions, for the doors of the registry.
extension Registry {
  /// Begins a session, whose id the registry chooses.
  /// - Throws: `failedPrecondition` when its node or one of its checks is not there, or a check is critical.
  public func createSession(
    _ session: Session, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> Session {
    var session = session
    session.id = randomUUID()
    if session.node.isEmpty { session.node = Node.registryName }
    let outcome = try await submit(.session(.create(session.validated())), by: actor)
    guard case .session(let created) = outcome.value else { return session }
    return created
  }

  /// Ends a session; one that is not there is no error.
  public func destroySession(
    _ id: String, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> UInt64 {
    try await submit(.session(.destroy(id)), by: actor).revision
  }

  /// Starts a session's time anew; nil when there is none, or when it is about to end.
  public func renewSession(_ id: String) -> Session? {
    let now = clock.now
    return state.withLock { $0.core.sessions.renew(id, now: now) }
  }

  public func session(_ id: String) -> (index: UInt64, session: Session?) {
    state.withLock { ($0.core.sessions.index, $0.core.sessions[id]) }
  }

  /// All sessions, or those of one node, sorted by id.
  public func sessions(onNode node: String? = nil) -> (index: UInt64, sessions: [Session]) {
    let (index, found) = state.withLock { state in
      let sessions = state.core.sessions
      guard let node else { return (sessions.index, Array(sessions.sessions.values)) }
      return (sessions.index, sessions.ids(onNode: node).compactMap { sessions[$0] })
    }
    return (index, found.sorted { $0.id < $1.id })
  }
}
