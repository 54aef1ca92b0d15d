import WeftDiscovery

/// Silence that turns into something: the only places where nobody asked for it.
extension CataloguePlanner {
  /// Removes instances whose leases ran out, except who has shown signs of life since that was asked for, and
  /// except where so many of one service fall silent that the fault is more likely between them and the registry.
  ///
  /// Returns those that are spared.
  mutating func expire(
    _ keys: [InstanceKey], registered: Set<InstanceKey>, protection: SelfProtection, now: Duration
  ) -> [InstanceKey] {
    let silent = keys.filter { key in
      leases.isExpiring(key) && !registered.contains(key) && isThere(key)
    }
    return remove(silent, protection: protection, now: now)
  }

  /// Removes the owners of checks that have been critical for too long, with the same exception.
  mutating func reap(
    _ keys: [CheckKey], due: LeaseTable<CheckKey>, protection: SelfProtection, now: Duration
  ) -> [InstanceKey] {
    var silent: Set<InstanceKey> = []
    for key in keys where due.isExpiring(key) {
      guard case .instance(let owner) = key.owner, !isChanged(owner),
        base.check(key)?.state.status == .critical
      else { continue }
      silent.insert(owner)
    }
    return remove(silent.sorted(), protection: protection, now: now)
  }

  private mutating func remove(
    _ silent: [InstanceKey], protection: SelfProtection, now: Duration
  ) -> [InstanceKey] {
    var spared: [InstanceKey] = []
    for (service, keys) in Dictionary(grouping: silent, by: \.service) {
      if protection.mustSpare(keys, of: service, among: base.records(of: service).count, now: now) {
        spared += keys
        continue
      }
      for key in keys {
        if let record = instance(key) { remove(record) }
      }
    }
    return spared
  }

  /// Checks whose owners have not spoken in time become critical, and say what was said last.
  mutating func expireChecks(
    _ keys: [CheckKey], due: LeaseTable<CheckKey>, heard: Set<CheckKey>, revision: UInt64
  ) -> [CheckKey: String] {
    var said: [CheckKey: String] = [:]
    for key in keys where due.isExpiring(key) && !heard.contains(key) {
      // One that this batch has put in place of it has its own time.
      guard let check = base.check(key),
        (try? checks(of: key.owner))?.contains(where: {
          $0.id == key.id && $0.addedRevision == check.addedRevision
        })
          == true
      else { continue }
      let last = outputs[key] ?? check.state.output
      let isNews = check.state.status != .critical
      let output =
        last.isEmpty || !isNews
        ? (isNews || last.isEmpty ? "TTL expired" : last)
        : "TTL expired (last output before timeout follows): \(last)".clipped(to: limits.checkOutputBytes)
      let state = CheckState(status: .critical, output: output)
      if (try? setCheck(key, state, revision: revision)) == true, output != last { said[key] = output }
    }
    return said
  }
}
