import WeftDiscovery

/// The rules of the registry, without concurrency, time or input/output of their own.
///
/// A write goes through three steps: ``plan(_:now:)`` decides what a batch of commands comes to,
/// the owner commits the plan's transaction to the store, and then either ``apply(_:now:)`` makes it visible
/// or ``abandon(_:now:)`` forgets it. So nothing is ever visible, to callers or to watchers, that a
/// `kill -9` could undo. Plans do not overlap: the next is made after the last is applied or abandoned.
struct RegistryCore: Sendable {
  let history: String
  let limits: RegistryLimits
  let descriptorRetention: Duration
  var catalogue = CatalogueIndex()
  var log: ChangeLog
  var leases = LeaseTable<InstanceKey>()
  var descriptors = DescriptorLedger()

  /// How long an instance stays when its removal could not be stored.
  static let expiryRetryDelay: Duration = .seconds(1)

  var revision: UInt64 { log.revision }

  /// Takes up where the store left off. Every lease starts anew: the registry was away, and silence
  /// towards someone who is away is no sign of death.
  init(_ stored: StoredState, limits: RegistryLimits, descriptorRetention: Duration, now: Duration) {
    history = stored.history
    self.limits = limits
    self.descriptorRetention = descriptorRetention
    let logged = stored.changes.count
    log = ChangeLog(
      floor: stored.revision - UInt64(logged), maxCount: limits.loggedChanges, maxBytes: limits.loggedBytes)
    for (hash, size) in stored.descriptorSets { descriptors.add(hash, size: size, now: now) }
    for instance in stored.instances {
      catalogue.put(InstanceRecord(instance))
      leases.grant(instance.key, for: instance.lease, now: now)
      descriptors.retain(instance.descriptorSetHash)
    }
    for change in stored.changes {
      log.append(LoggedChange(revision: change.revision, key: change.key, record: record(of: change)))
    }
  }

  /// The record to log for a change, shared with the catalogue where that is the same.
  private func record(of change: CatalogueChange) -> InstanceRecord? {
    guard case .put(let instance) = change.kind else { return nil }
    if let current = catalogue[change.key], current.instance == instance { return current }
    return InstanceRecord(instance)
  }

  /// Renews leases and returns the keys that have none.
  mutating func heartbeat(_ keys: [InstanceKey], now: Duration) -> [InstanceKey] {
    keys.filter { !leases.renew($0, now: now) }
  }

  /// Makes a committed plan visible.
  mutating func apply(_ plan: CommitPlan, now: Duration) {
    for (hash, bytes) in plan.batch.descriptorSets { descriptors.add(hash, size: bytes.count, now: now) }
    for change in plan.changes {
      if let old = catalogue[change.key] {
        descriptors.release(old.instance.descriptorSetHash, now: now)
      }
      if let record = change.record {
        catalogue.put(record)
        leases.grant(change.key, for: record.instance.lease, now: now)
        descriptors.retain(record.instance.descriptorSetHash)
      } else {
        catalogue.remove(change.key)
        leases.drop(change.key)
      }
      log.append(change)
    }
    for hash in plan.batch.removedDescriptorSets { descriptors.remove(hash) }
    keepAlive(plan, now: now)
  }

  /// Forgets a plan whose commit failed, except for what needed no commit.
  mutating func abandon(_ plan: CommitPlan, now: Duration) {
    keepAlive(plan, now: now)
    for case .expire(let keys) in plan.commands {
      for key in keys { leases.spare(key, for: Self.expiryRetryDelay, now: now) }
    }
  }

  private mutating func keepAlive(_ plan: CommitPlan, now: Duration) {
    for key in plan.renewed {
      guard let record = catalogue[key] else { continue }
      leases.grant(key, for: record.instance.lease, now: now)
    }
    for hash in plan.touched { descriptors.touch(hash, now: now) }
  }
}
