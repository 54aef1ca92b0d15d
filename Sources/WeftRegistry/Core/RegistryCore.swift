import WeftDiscovery

/// The rules of the registry, without concurrency, time or input/output of their own.
///
/// A write goes through three steps: ``plan(_:now:wallTime:)`` decides what a batch of commands comes to,
/// the owner commits the plan's transaction to the store, and then either ``apply(_:now:)`` makes it visible
/// or ``abandon(_:now:)`` forgets it. So nothing is ever visible, to callers or to watchers, that a
/// `kill -9` could undo. Plans do not overlap: the next is made after the last is applied or abandoned.
struct RegistryCore: Sendable {
  let history: String
  let limits: RegistryLimits
  let descriptorRetention: Duration
  var catalogue = CatalogueIndex()
  var keyValue: KeyValueState
  var sessions: SessionState
  var access: AccessState
  var log: ChangeLog
  var leases = LeaseTable<InstanceKey>()
  var checks = CheckTable()
  var protection: SelfProtection
  var descriptors = DescriptorLedger()
  /// What checks said last, where that is not stored: their status did not change with it.
  var outputs: [CheckKey: String] = [:]
  /// Rises with each change of what checks say that has no revision, for the scopes that show it.
  var outputVersions = ScopeIndex(startingAt: 0)
  var outputVersion: UInt64 = 1
  var scopes: ScopeIndex

  /// How long an instance stays when its removal could not be stored.
  static let expiryRetryDelay: Duration = .seconds(1)

  var revision: UInt64 { log.revision }

  /// Takes up where the store left off. Every lease starts anew: the registry was away, and silence
  /// towards someone who is away is no sign of death.
  init(
    _ stored: StoredState, limits: RegistryLimits, descriptorRetention: Duration,
    address: String = "127.0.0.1", protection: SelfProtectionPolicy = SelfProtectionPolicy(), now: Duration,
    wallTime: Duration = .zero
  ) {
    history = stored.history
    self.limits = limits
    self.descriptorRetention = descriptorRetention
    log = ChangeLog(
      floor: stored.revision - UInt64(stored.log.count), maxCount: limits.loggedChanges,
      maxBytes: limits.loggedBytes)
    self.protection = SelfProtection(protection)
    scopes = ScopeIndex(startingAt: stored.revision)
    var entries = StoredEntries()
    for entry in stored.entries { entries.add(entry) }
    keyValue = KeyValueState(
      entries: entries.keyValues, revision: stored.revision, tombstones: limits.tombstones)
    sessions = SessionState(
      sessions: entries.sessions, delays: entries.delays, revision: stored.revision, now: now,
      wallTime: wallTime)
    access = AccessState(entries.access, revision: stored.revision)
    for (hash, size) in stored.descriptorSets { descriptors.add(hash, size: size, now: now) }
    for node in entries.nodes { catalogue.put(node) }
    putOwnNode(address: address)
    for node in catalogue.nodes.values {
      checks.replace([], with: node.checks, of: .node(node.name), now: now)
    }
    for stored in entries.instances {
      let record = stored.with(catalogue.nodes[stored.key.node]?.health)
      catalogue.put(record)
      if let lease = record.instance.lease { leases.grant(record.key, for: lease, now: now) }
      checks.replace([], with: record.instance.checks, of: .instance(record.key), now: now)
      descriptors.retain(record.instance.descriptorSetHash)
    }
    for entry in stored.log { log.append(sharing(entry)) }
  }

  /// The registry's own node is always there, at the address it has now; it is stored once something of it is.
  private mutating func putOwnNode(address: String) {
    let name = Node.registryName
    var node = catalogue.nodes[name] ?? Node(name: name, id: Self.nodeID(of: history), address: address)
    node.address = address
    node.addedRevision = max(1, node.addedRevision)
    node.modifiedRevision = max(1, node.modifiedRevision)
    if !node.checks.contains(where: { $0.id == HealthCheck.ownNodeID }) {
      node.checks = (node.checks + [.ownNode]).sorted { $0.id < $1.id }
    }
    catalogue.put(node)
  }

  /// A UUID (version 4 in form, RFC 9562) that stays as long as the history does.
  private static func nodeID(of history: String) -> String {
    let digits = Array((history + String(repeating: "0", count: 16)).prefix(16))
    func text(_ range: Range<Int>) -> String { String(digits[range]) }
    return "\(text(0..<8))-\(text(8..<12))-4\(text(12..<15))-8\(text(1..<4))-\(text(4..<16))"
  }

  /// The entry to log, with the catalogue's records where they are the same.
  private func sharing(_ entry: LoggedRevision) -> LoggedRevision {
    var entry = entry
    entry.changes = entry.changes.map { change in
      guard case .instance(.put(let record)) = change, let current = catalogue[record.key],
        current == record
      else { return change }
      return .instance(.put(current))
    }
    return entry
  }

  /// Renews leases and returns the keys of instances that are not there. One without a lease needs no renewal.
  mutating func heartbeat(_ keys: [InstanceKey], now: Duration) -> [InstanceKey] {
    keys.filter { key in
      if leases.renew(key, now: now) {
        protection.forget(key)
        return false
      }
      guard let record = catalogue[key] else { return true }
      return record.instance.lease != nil
    }
  }

  /// Makes a committed plan visible. Returns what it touched.
  @discardableResult
  mutating func apply(_ plan: CommitPlan, now: Duration) -> Set<Scope> {
    for (hash, bytes) in plan.batch.descriptorSets { descriptors.add(hash, size: bytes.count, now: now) }
    var touched: Set<Scope> = []
    for entry in plan.batch.revisions {
      var scopes: Set<Scope> = [.everything]
      for change in entry.changes {
        apply(change, of: plan, revision: entry.revision, now: now, touching: &scopes)
      }
      self.scopes.touch(scopes, revision: entry.revision)
      touched.formUnion(scopes)
      log.append(entry)
    }
    for hash in plan.batch.removedDescriptorSets { descriptors.remove(hash) }
    for (service, count) in plan.silenced { protection.noteRemoval(of: service, count: count, now: now) }
    protection.spare(plan.spared, now: now)
    // What is still expiring was spared, or had nothing to change.
    spare(plan, for: protection.policy.retry, now: now)
    keepAlive(plan, now: now)
    return touched
  }

  private mutating func apply(
    _ change: RegistryChange, of plan: CommitPlan, revision: UInt64, now: Duration,
    touching scopes: inout Set<Scope>
  ) {
    switch change {
    case .instance(let change): apply(change, of: plan, now: now, touching: &scopes)
    case .node(let change): apply(change, now: now, touching: &scopes)
    case .keyValue(let change):
      Scope.insert(touchedBy: change, into: &scopes)
      keyValue.apply(change, revision: revision)
    case .session(let change):
      Scope.insert(touchedBy: change, sessions: sessions, into: &scopes)
      sessions.apply(change, revision: revision, now: now)
    case .access(let change):
      scopes.insert(.access)
      access.apply(change, revision: revision)
    }
  }

  private mutating func apply(
    _ change: InstanceChange, of plan: CommitPlan, now: Duration, touching scopes: inout Set<Scope>
  ) {
    let key = change.key
    let old = catalogue[key]
    var isHeard = true
    if let old { descriptors.release(old.instance.descriptorSetHash, now: now) }
    switch change {
    case .put(let record):
      Scope.insert(touchedBy: key, old: old?.instance, new: record.instance, into: &scopes)
      catalogue.put(record)
      // What checks or its node say of it is no sign of life.
      isHeard = old == nil || plan.registered.contains(key)
      if record.instance.lease == nil {
        leases.drop(key)
      } else if isHeard, let lease = record.instance.lease {
        leases.grant(key, for: lease, now: now)
      }
      descriptors.retain(record.instance.descriptorSetHash)
      checks.replace(old?.instance.checks ?? [], with: record.instance.checks, of: .instance(key), now: now)
    case .removed:
      Scope.insert(touchedBy: key, old: old?.instance, new: nil, into: &scopes)
      catalogue.remove(key)
      leases.drop(key)
      checks.replace(old?.instance.checks ?? [], with: [], of: .instance(key), now: now)
    }
    if isHeard { protection.forget(key) }
    forgetOutputs(of: .instance(key), old?.instance.checks)
  }

  private mutating func apply(_ change: NodeChange, now: Duration, touching scopes: inout Set<Scope>) {
    switch change {
    case .put(let node):
      let old = catalogue.nodes[node.name]
      Scope.insert(touchedByNode: node.name, old: old, new: node, into: &scopes)
      catalogue.put(node)
      checks.replace(old?.checks ?? [], with: node.checks, of: .node(node.name), now: now)
      forgetOutputs(of: .node(node.name), old?.checks)
    case .removed(let name):
      let old = catalogue.nodes[name]
      Scope.insert(touchedByNode: name, old: old, new: nil, into: &scopes)
      catalogue.removeNode(name)
      checks.replace(old?.checks ?? [], with: [], of: .node(name), now: now)
      forgetOutputs(of: .node(name), old?.checks)
    }
    // Its checks count for the instances on it.
    for record in catalogue.records(onNode: Self.name(of: change)) {
      scopes.insert(.service(record.key.service))
    }
  }

  private static func name(of change: NodeChange) -> String {
    switch change {
    case .put(let node): node.name
    case .removed(let name): name
    }
  }

  /// Forgets a plan whose commit failed, except for what needed no commit.
  mutating func abandon(_ plan: CommitPlan, now: Duration) {
    keepAlive(plan, now: now)
    spare(plan, for: Self.expiryRetryDelay, now: now)
  }

  /// Everything whose time has run out comes up again after a while, unless it went.
  private mutating func spare(_ plan: CommitPlan, for delay: Duration, now: Duration) {
    for command in plan.commands {
      switch command {
      case .expire(let keys): for key in keys { leases.spare(key, for: delay, now: now) }
      case .expireChecks(let keys):
        for key in keys where checks.ttls.isExpiring(key) {
          // Critical already: it need not come up again before somebody speaks.
          if catalogue.check(key)?.state.status == .critical {
            checks.ttls.drop(key)
          } else {
            checks.ttls.spare(key, for: delay, now: now)
          }
        }
      case .reap(let keys): for key in keys { checks.condemned.spare(key, for: delay, now: now) }
      default: break
      }
    }
    for case .session(.expire(let ids)) in plan.commands {
      for id in ids { sessions.leases.spare(id, for: Self.expiryRetryDelay, now: now) }
    }
  }

  private mutating func keepAlive(_ plan: CommitPlan, now: Duration) {
    for key in plan.renewed {
      guard let lease = catalogue[key]?.instance.lease else { continue }
      leases.grant(key, for: lease, now: now)
      protection.forget(key)
    }
    for (key, output) in plan.outputs { say(output, of: key) }
    for key in plan.heard { checks.heard(key, catalogue.check(key), now: now) }
    for hash in plan.touched { descriptors.touch(hash, now: now) }
  }
}

extension HealthCheck {
  /// Consul's clients look for this one, and sessions depend on it unless they say otherwise.
  static let ownNodeID = "serfHealth"

  /// The node that answers is well.
  fileprivate static var ownNode: HealthCheck {
    var check = HealthCheck(
      id: ownNodeID, name: "Serf Health Status",
      state: CheckState(status: .passing, output: "Agent alive and reachable"))
    check.addedRevision = 1
    check.modifiedRevision = 1
    return check
  }
}

/// What a store holds, by kind.
private struct StoredEntries {
  var instances: [InstanceRecord] = []
  var nodes: [Node] = []
  var keyValues: [KeyValueEntry] = []
  var sessions: [Session] = []
  var delays: [LockDelay] = []
  var access: [AccessChange] = []

  mutating func add(_ entry: RegistryChange) {
    switch entry {
    case .instance(.put(let record)): instances.append(record)
    case .node(.put(let node)): nodes.append(node)
    case .keyValue(.put(let record)): keyValues.append(record.entry)
    case .session(.put(let session)): sessions.append(session)
    case .session(.delayed(let delay)): delays.append(delay)
    case .access(let change): access.append(change)
    case .instance(.removed), .node(.removed), .keyValue(.removed), .session(.removed),
      .session(.undelayed):
      break
    }
  }
}
