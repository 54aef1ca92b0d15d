extension Session {
  /// The session, if every field is within its limits. A lock delay of more than ``lockDelayLimit`` counts as that.
  func validated() throws(RegistryError) -> Session {
    try FieldCheck(field: "session.name").text(name, limit: 512)
    let nodeCheck = FieldCheck(field: "session.node")
    if node.isEmpty { throw nodeCheck.fail("is empty") }
    try nodeCheck.text(node, limit: 512)
    for (field, ids) in [("node_checks", nodeChecks), ("service_checks", serviceChecks)] {
      try FieldCheck(field: "session.\(field)").count(ids.count, limit: 64)
      for (index, id) in ids.enumerated() {
        let check = FieldCheck(field: "session.\(field)[\(index)]")
        if id.isEmpty { throw check.fail("is empty") }
        try check.text(id, limit: 512)
      }
    }
    if lockDelay < .zero { throw FieldCheck(field: "session.lock_delay").fail("is negative") }
    if let ttl, !Self.ttlLimits.contains(ttl) {
      throw FieldCheck(field: "session.ttl").fail("is not between 10 s and 86400 s, or 0 for none")
    }
    var session = self
    session.lockDelay = min(lockDelay, Self.lockDelayLimit)
    return session
  }
}
