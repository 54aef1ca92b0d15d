/// Decides on descriptor sets, which have no revisions: they are named by what they are.
struct DescriptorPlanner: Sendable {
  private let ledger: DescriptorLedger
  private let limits: RegistryLimits
  private let retention: Duration
  private let now: Duration
  /// Descriptor sets that are there after this batch (true) or not (false).
  private var overlay: [String: Bool] = [:]
  private var referenced: Set<String> = []
  private var added = 0
  private var addedBytes = 0

  init(core: RegistryCore, now: Duration) {
    ledger = core.descriptors
    limits = core.limits
    retention = core.descriptorRetention
    self.now = now
  }

  func contains(_ hash: String) -> Bool {
    overlay[hash] ?? ledger.contains(hash)
  }

  /// An instance of this batch refers to it.
  mutating func reference(_ hash: String) {
    referenced.insert(hash)
  }

  /// Returns whether the answer depends on the commit.
  mutating func put(_ hash: String, _ bytes: [UInt8], into plan: inout CommitPlan) throws(RegistryError)
    -> Bool
  {
    if contains(hash) {
      plan.touched.append(hash)
      return overlay[hash] != nil
    }
    guard ledger.count + added < limits.descriptorSets,
      ledger.totalBytes + addedBytes + bytes.count <= limits.descriptorSetsTotalBytes
    else {
      throw .resourceExhausted(
        "the registry holds its limit of descriptor sets (\(limits.descriptorSets), \(limits.descriptorSetsTotalBytes) bytes)"
      )
    }
    added += 1
    addedBytes += bytes.count
    overlay[hash] = true
    // It may be back after this very batch collected it.
    plan.batch.removedDescriptorSets.remove(hash)
    plan.batch.descriptorSets[hash] = bytes
    return true
  }

  mutating func collect(into plan: inout CommitPlan) {
    for hash in ledger.idle(for: retention, now: now)
    where !referenced.contains(hash) && !plan.touched.contains(hash) && overlay[hash] == nil {
      overlay[hash] = false
      plan.batch.removedDescriptorSets.insert(hash)
    }
  }
}
