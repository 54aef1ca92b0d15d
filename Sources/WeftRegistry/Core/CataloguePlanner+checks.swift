import WeftDiscovery

extension CataloguePlanner {
  mutating func checks(of owner: CheckOwner) throws(RegistryError) -> [HealthCheck] {
    switch owner {
    case .node(let name):
      guard let node = node(name) else { throw Self.unknown(owner) }
      return node.checks
    case .instance(let key):
      guard let record = instance(key) else { throw Self.unknown(owner) }
      return record.instance.checks
    }
  }

  private mutating func change(_ owner: CheckOwner, checks: [HealthCheck], revision: UInt64) {
    switch owner {
    case .node(let name):
      guard var node = node(name) else { return }
      node.checks = checks
      node.modifiedRevision = revision
      change(name, to: node)
    case .instance(let key):
      guard var instance = instance(key)?.instance else { return }
      instance.checks = checks
      instance.modifiedRevision = revision
      change(key, to: InstanceRecord(instance))
    }
  }

  mutating func put(_ check: HealthCheck, of owner: CheckOwner, revision: UInt64) throws(RegistryError) {
    let old = try checks(of: owner)
    let new = try merged(old, with: [check], replacing: false, owner: owner, revision: revision)
    if new != old { change(owner, checks: new, revision: revision) }
  }

  mutating func removeCheck(_ key: CheckKey, revision: UInt64) {
    guard let old = try? checks(of: key.owner) else { return }
    let new = old.filter { $0.id != key.id }
    guard new.count < old.count else { return }
    note(.checkRemoved(key))
    change(key.owner, checks: new, revision: revision)
  }

  /// Returns whether only the output is new, which changes nothing that is stored.
  mutating func setCheck(_ key: CheckKey, _ state: CheckState, revision: UInt64) throws(RegistryError) -> Bool
  {
    var checks = try checks(of: key.owner)
    guard let index = checks.firstIndex(where: { $0.id == key.id }) else {
      throw .notFound("\(key.owner) has no check \(key.id)")
    }
    guard checks[index].state.status != state.status else { return true }
    checks[index].state = CheckState(status: state.status, output: state.output, changedAt: wallTime)
    checks[index].modifiedRevision = revision
    // What the others said last has not been stored yet: this is the occasion.
    for other in checks.indices where other != index {
      let key = CheckKey(owner: key.owner, id: checks[other].id)
      if let output = outputs[key] { checks[other].state.output = output }
    }
    change(key.owner, checks: checks, revision: revision)
    if state.status == .critical { note(.checkBecameCritical(key)) }
    return false
  }

  /// The checks of an owner once `new` ones have come to the `old` ones, or replaced them.
  mutating func merged(
    _ old: [HealthCheck], with new: [HealthCheck], replacing: Bool, owner: CheckOwner, revision: UInt64
  ) throws(RegistryError) -> [HealthCheck] {
    guard !old.isEmpty || !new.isEmpty else { return [] }
    let known = Dictionary(old.map { ($0.id, $0) }) { first, _ in first }
    var result: [String: HealthCheck] = replacing ? [:] : known
    for check in new { result[check.id] = settle(check, after: known[check.id], revision: revision) }
    guard result.count <= limits.checksPerOwner else {
      throw .resourceExhausted("\(owner) has its limit of \(limits.checksPerOwner) checks")
    }
    for check in old where result[check.id] == nil {
      note(.checkRemoved(CheckKey(owner: owner, id: check.id)))
    }
    for check in new {
      let isNews = known[check.id]?.state.status != .critical
      guard isNews, known[check.id] != nil, result[check.id]?.state.status == .critical else { continue }
      note(.checkBecameCritical(CheckKey(owner: owner, id: check.id)))
    }
    return result.values.sorted { $0.id < $1.id }
  }

  /// A check as it is to be stored, when another or none was there before.
  private func settle(_ check: HealthCheck, after old: HealthCheck?, revision: UInt64) -> HealthCheck {
    var check = check
    guard let old else {
      check.state.changedAt = wallTime
      check.addedRevision = revision
      check.modifiedRevision = revision
      return check
    }
    if check.kind == .external {
      // An output that changes alone is worth storing here: whoever reports by registering does it seldom.
      check.state.changedAt = check.state.status == old.state.status ? old.state.changedAt : wallTime
    } else {
      check.state = old.state
    }
    check.addedRevision = old.addedRevision
    check.modifiedRevision = old.modifiedRevision
    if check != old { check.modifiedRevision = revision }
    return check
  }
}
