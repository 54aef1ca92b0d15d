extension RegistryPlanner {
  /// Sessions end with the checks and the nodes they depend on, and let go of their locks, in the same revision.
  mutating func followInSessions(_ event: CatalogueEvent) {
    switch event {
    case .checkBecameCritical(let key), .checkRemoved(let key):
      sessions.checkFailed(key.id, node: key.owner.node)
    case .nodeRemoved(let name): sessions.nodeRemoved(name)
    }
  }

  /// Takes the keys from sessions that the command at hand has ended.
  mutating func releaseLocks() {
    for session in sessions.takeEnding() {
      sessions.noteReleased(keyValue.end(session, revision: nextRevision), of: session)
    }
  }
}
