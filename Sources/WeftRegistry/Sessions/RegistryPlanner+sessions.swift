import WeftDiscovery

/// A change of the sessions.
enum SessionCommand: Sendable {
  case create(Session)
  case destroy(String)
  /// Ends those whose time has run out, unless they were renewed since.
  case expire([String])
  /// Drops delays of locks that are over.
  case forgetDelays

  var cost: Int {
    switch self {
    case .create(let session): session.cost
    case .destroy, .forgetDelays: 512
    case .expire(let ids): 512 * ids.count
    }
  }
}

extension RegistryPlanner {
  /// Returns the session that was created.
  mutating func perform(_ command: SessionCommand) throws(RegistryError) -> Session? {
    switch command {
    case .create(let session):
      try requireHealthy(session)
      return try sessions.create(session, revision: nextRevision)
    case .destroy(let id): sessions.end(id)
    case .expire(let ids): sessions.expire(ids)
    case .forgetDelays: sessions.forgetDelays()
    }
    releaseLocks()
    return nil
  }

  /// Sessions end with the checks and the nodes they depend on.
  mutating func followInSessions(_ event: CatalogueEvent) {
    switch event {
    case .checkBecameCritical(let key), .checkRemoved(let key):
      sessions.checkFailed(key.id, node: key.owner.node)
    case .nodeRemoved(let name): sessions.nodeRemoved(name)
    }
  }

  /// Takes the keys from sessions that the command at hand has ended, in the same revision.
  mutating func releaseLocks() {
    for session in sessions.takeEnding() {
      sessions.noteReleased(keyValue.end(session, revision: nextRevision), of: session)
    }
  }

  /// A session begins only where it would not end at once.
  private mutating func requireHealthy(_ session: Session) throws(RegistryError) {
    guard let node = catalogue.node(session.node) else {
      throw .failedPrecondition(
        "session.node: there is no node \(FieldCheck(field: "").quoted(session.node))")
    }
    guard !session.checks.isEmpty else { return }
    // There are no agents here that could fail; where somebody says so all the same, that counts.
    var statuses: [String: HealthStatus] = [HealthCheck.ownNodeID: .passing]
    for check in node.checks { statuses[check.id] = check.state.status }
    for key in catalogue.keys(onNode: session.node) {
      for check in catalogue.instance(key)?.instance.checks ?? [] {
        statuses[check.id] = max(check.state.status, statuses[check.id] ?? .passing)
      }
    }
    for id in session.checks {
      let name = FieldCheck(field: "").quoted(id)
      guard let status = statuses[id] else {
        throw .failedPrecondition("session: node \(session.node) has no check \(name)")
      }
      if status == .critical { throw .failedPrecondition("session: the check \(name) is critical") }
    }
  }
}
