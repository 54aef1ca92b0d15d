import WeftDiscovery

extension CataloguePlanner {
  /// Returns the key when the instance is there already just as it is, so that only its lease is renewed.
  mutating func register(
    _ instance: ServiceInstance, replacingChecks: Bool, revision: UInt64
  ) throws(RegistryError) -> InstanceKey? {
    let key = instance.key
    guard let node = node(key.node) else {
      throw .failedPrecondition("instance.node: no node has the name \(key.node); put it there first")
    }
    let old = self.instance(key)?.instance
    var instance = instance
    instance.maintenance = old?.maintenance
    instance.nodeHealth = node.health
    instance.createdRevision = old?.createdRevision ?? 0
    instance.addedRevision = old?.addedRevision ?? revision
    instance.modifiedRevision = old?.modifiedRevision ?? revision
    instance.checks = try merged(
      old?.checks ?? [], with: instance.checks, replacing: replacingChecks,
      owner: .instance(key), revision: revision)
    if let old {
      if old == instance { return isChanged(key) ? nil : key }
    } else {
      try admit(key)
      instance.createdRevision = createdRevision(of: key.service, revision: revision)
      count(key, +1)
    }
    instance.modifiedRevision = revision
    change(key, to: InstanceRecord(instance))
    return nil
  }

  mutating func deregister(_ key: InstanceKey, revision: UInt64) {
    if let record = instance(key) { remove(record) }
  }

  mutating func remove(_ record: InstanceRecord) {
    let key = record.key
    count(key, -1)
    for check in record.instance.checks {
      note(.checkRemoved(CheckKey(owner: .instance(key), id: check.id)))
    }
    change(key, to: nil)
  }

  /// Throws when there is no room for one more.
  private func admit(_ key: InstanceKey) throws(RegistryError) {
    if base.count + addedInstances >= limits.instances {
      throw .resourceExhausted("the registry holds its limit of \(limits.instances) instances")
    }
    if siblings(of: key.service) >= limits.instancesPerService {
      throw .resourceExhausted(
        "service \(key.service) has its limit of \(limits.instancesPerService) instances")
    }
  }

  private func siblings(of service: String) -> Int {
    base.records(of: service).count + addedByService[service, default: 0]
  }

  /// The revision of a service that gets one more instance: what those have that are there, which is one and
  /// the same unless an older release stored them.
  private mutating func createdRevision(of service: String, revision: UInt64) -> UInt64 {
    let hasSiblings = siblings(of: service) > 0
    if hasSiblings, let known = created[service] { return known }
    let siblings = hasSiblings ? base.records(of: service) : []
    let result = siblings.map(\.instance.createdRevision).min() ?? revision
    created[service] = result
    return result
  }

  private mutating func count(_ key: InstanceKey, _ difference: Int) {
    addedInstances += difference
    addedByService[key.service, default: 0] += difference
  }
}
