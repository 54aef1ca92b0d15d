import WeftDiscovery

/// Something that may change what is stored. Commands are decided and committed strictly in order.
enum RegistryCommand: Sendable {
  case register(ServiceInstance)
  case deregister(InstanceKey)
  /// Removes those of the instances whose leases are still run out.
  case expire([InstanceKey])
  /// Stores a set that was found good.
  case putDescriptorSet(hash: String, bytes: [UInt8])
  /// Removes the sets that nobody has referred to for long.
  case collectDescriptorSets

  /// Roughly what it adds to a transaction.
  var cost: Int {
    switch self {
    case .register(let instance): InstanceRecord.cost(of: instance)
    case .deregister, .collectDescriptorSets: 128
    case .expire(let keys): 128 * keys.count
    case .putDescriptorSet(_, let bytes): bytes.count
    }
  }
}

/// What a batch of commands comes to: the transaction to commit, and what each caller is told after it.
struct CommitPlan: Sendable {
  struct Answer: Sendable {
    /// The revision that the command led to.
    var result: Result<UInt64, RegistryError>
    /// False when the answer holds even if the transaction fails: nothing had to be written for it.
    var needsCommit: Bool
  }

  var commands: [RegistryCommand]
  var batch: StoreBatch
  var changes: [LoggedChange] = []
  var answers: [Answer] = []
  /// Instances that registered again just as they are.
  var renewed: Set<InstanceKey> = []
  /// Descriptor sets that were offered again.
  var touched: [String] = []
}
