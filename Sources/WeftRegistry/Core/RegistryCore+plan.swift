import WeftDiscovery

extension RegistryCore {
  /// Decides what a batch comes to, each command on top of those before it, and changes nothing.
  func plan(_ commands: [RegistryCommand], now: Duration) -> CommitPlan {
    var planner = Planner(core: self, commands: commands, now: now)
    for command in commands { planner.add(command) }
    return planner.plan
  }

  private struct Planner {
    let core: RegistryCore
    let now: Duration
    var plan: CommitPlan
    /// What this batch has changed so far; nil inside means removed.
    var overlay: [InstanceKey: InstanceRecord?] = [:]
    /// Descriptor sets that are there after this batch (true) or not (false).
    var descriptorOverlay: [String: Bool] = [:]
    var referencedSets: Set<String> = []
    var addedInstances = 0
    var addedByService: [String: Int] = [:]
    /// Since when the services are there to which this batch adds.
    var created: [String: UInt64] = [:]
    var addedSets = 0
    var addedSetBytes = 0

    init(core: RegistryCore, commands: [RegistryCommand], now: Duration) {
      self.core = core
      self.now = now
      plan = CommitPlan(commands: commands, batch: StoreBatch(previousRevision: core.revision))
      plan.batch.forgetChangesThrough = core.log.floor
    }

    mutating func add(_ command: RegistryCommand) {
      switch command {
      case .register(let instance): register(instance)
      case .deregister(let key): deregister(key)
      case .expire(let keys): expire(keys)
      case .putDescriptorSet(let hash, let bytes): putDescriptorSet(hash, bytes)
      case .collectDescriptorSets: collectDescriptorSets()
      }
    }

    // MARK: Instances

    func current(_ key: InstanceKey) -> InstanceRecord? {
      if let changed = overlay[key] { return changed }
      return core.catalogue[key]
    }

    mutating func register(_ instance: ServiceInstance) {
      let key = instance.key
      let old = current(key)
      var instance = instance
      instance.createdRevision = old?.instance.createdRevision ?? 0
      if let old, old.instance == instance {
        if overlay[key] == nil { plan.renewed.insert(key) }
        return succeed(needsCommit: overlay[key] != nil)
      }
      let hash = instance.descriptorSetHash
      if !hash.isEmpty, !hasDescriptorSet(hash) {
        return refuse(
          .failedPrecondition(
            "instance.descriptor_set_hash: no descriptor set has the hash \(hash); store it with PutDescriptorSet first"
          ))
      }
      if old == nil {
        let limits = core.limits
        if core.catalogue.count + addedInstances >= limits.instances {
          return refuse(.resourceExhausted("the registry holds its limit of \(limits.instances) instances"))
        }
        let siblings =
          core.catalogue.records(of: key.service).count + addedByService[key.service, default: 0]
        if siblings >= limits.instancesPerService {
          return refuse(
            .resourceExhausted(
              "service \(key.service) has its limit of \(limits.instancesPerService) instances"))
        }
        instance.createdRevision = createdRevision(of: key.service, hasSiblings: siblings > 0)
        count(key, +1)
      }
      referencedSets.insert(hash)
      change(key, to: InstanceRecord(instance))
      succeed(needsCommit: true)
    }

    /// The revision of a service that gets one more instance: what those have that are there, which is one and
    /// the same unless an older release stored them.
    mutating func createdRevision(of service: String, hasSiblings: Bool) -> UInt64 {
      if hasSiblings, let known = created[service] { return known }
      let siblings = hasSiblings ? core.catalogue.records(of: service) : []
      let revision = siblings.map(\.instance.createdRevision).min() ?? plan.batch.revision + 1
      created[service] = revision
      return revision
    }

    mutating func deregister(_ key: InstanceKey) {
      if current(key) != nil { remove(key) }
      succeed(needsCommit: overlay[key] != nil)
    }

    /// Skips whoever has shown signs of life since the expiry was asked for.
    ///
    /// A veto on removing too many instances of one service at once belongs here: this is the only place
    /// where silence turns into removal.
    mutating func expire(_ keys: [InstanceKey]) {
      for key in keys where core.leases.isExpiring(key) && overlay[key] == nil && !plan.renewed.contains(key)
      {
        if current(key) != nil { remove(key) }
      }
      succeed(needsCommit: true)
    }

    mutating func remove(_ key: InstanceKey) {
      count(key, -1)
      plan.renewed.remove(key)
      change(key, to: nil)
    }

    mutating func change(_ key: InstanceKey, to record: InstanceRecord?) {
      let logged = LoggedChange(revision: plan.batch.revision + 1, key: key, record: record)
      overlay[key] = .some(record)
      plan.changes.append(logged)
      plan.batch.changes.append(logged.change)
    }

    mutating func count(_ key: InstanceKey, _ difference: Int) {
      addedInstances += difference
      addedByService[key.service, default: 0] += difference
    }

    // MARK: Descriptor sets

    func hasDescriptorSet(_ hash: String) -> Bool {
      descriptorOverlay[hash] ?? core.descriptors.contains(hash)
    }

    mutating func putDescriptorSet(_ hash: String, _ bytes: [UInt8]) {
      if hasDescriptorSet(hash) {
        plan.touched.append(hash)
        return succeed(needsCommit: descriptorOverlay[hash] != nil)
      }
      let limits = core.limits
      guard core.descriptors.count + addedSets < limits.descriptorSets,
        core.descriptors.totalBytes + addedSetBytes + bytes.count <= limits.descriptorSetsTotalBytes
      else {
        return refuse(
          .resourceExhausted(
            "the registry holds its limit of descriptor sets (\(limits.descriptorSets), \(limits.descriptorSetsTotalBytes) bytes)"
          ))
      }
      addedSets += 1
      addedSetBytes += bytes.count
      descriptorOverlay[hash] = true
      // It may be back after this very batch collected it.
      plan.batch.removedDescriptorSets.remove(hash)
      plan.batch.descriptorSets[hash] = bytes
      succeed(needsCommit: true)
    }

    mutating func collectDescriptorSets() {
      for hash in core.descriptors.idle(for: core.descriptorRetention, now: now)
      where !referencedSets.contains(hash) && !plan.touched.contains(hash) && descriptorOverlay[hash] == nil {
        descriptorOverlay[hash] = false
        plan.batch.removedDescriptorSets.insert(hash)
      }
      succeed(needsCommit: true)
    }

    // MARK: Answers

    mutating func succeed(needsCommit: Bool) {
      plan.answers.append(.init(result: .success(plan.batch.revision), needsCommit: needsCommit))
    }

    mutating func refuse(_ error: RegistryError) {
      plan.answers.append(.init(result: .failure(error), needsCommit: false))
    }
  }
}
