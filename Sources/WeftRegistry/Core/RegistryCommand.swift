import WeftDiscovery

/// Something that may change what is stored. Commands are decided and committed strictly in order; each becomes
/// visible whole, under one revision, or not at all.
enum RegistryCommand: Sendable {
  /// All of them, or when one is refused, none.
  case catalogue([CatalogueOperation])
  /// Removes those of the instances whose leases are still run out.
  case expire([InstanceKey])
  /// Makes those of the checks critical whose owners still have not spoken.
  case expireChecks([CheckKey])
  /// Removes the owners of those checks that are still critical.
  case reap([CheckKey])
  case keyValue(KeyValueOperation)
  /// All of them, or none with the reasons.
  case transaction([TransactionOperation])
  case session(SessionCommand)
  case access(AccessCommand)
  /// Stores a set that was found good.
  case putDescriptorSet(hash: String, bytes: [UInt8])
  /// Removes the sets that nobody has referred to for long.
  case collectDescriptorSets

  static func register(_ instance: ServiceInstance) -> RegistryCommand {
    .catalogue([.register(instance, replacingChecks: true)])
  }

  static func deregister(_ key: InstanceKey) -> RegistryCommand {
    .catalogue([.deregister(key)])
  }

  /// Roughly what it adds to a transaction.
  var cost: Int {
    switch self {
    case .catalogue(let operations): operations.reduce(0) { $0 + $1.cost }
    case .keyValue(let operation): operation.cost
    case .transaction(let operations): operations.reduce(0) { $0 + $1.cost }
    case .session(let command): command.cost
    case .access(let command): command.cost
    case .collectDescriptorSets: 128
    case .expire(let keys): 128 * keys.count
    case .expireChecks(let keys), .reap(let keys): 512 * keys.count
    case .putDescriptorSet(_, let bytes): bytes.count
    }
  }
}

/// A change of the catalogue that somebody asks for.
public enum CatalogueOperation: Sendable, Hashable {
  /// Adds an instance, or replaces the one with the same key. Checks that stay keep their state; those that it does
  /// not name go, or stay when `replacingChecks` is false. It keeps its maintenance.
  case register(ServiceInstance, replacingChecks: Bool)
  /// An instance that is not there is no error.
  case deregister(InstanceKey)
  /// Adds a node, or replaces it except for its checks and its maintenance.
  case putNode(Node)
  /// Removes a node with its checks and instances; one that is not there is no error.
  case removeNode(String)
  /// Adds a check, or replaces it. One that is run or reported keeps its state; an external one has the new state.
  case putCheck(HealthCheck, CheckOwner)
  /// A check that is not there is no error.
  case removeCheck(CheckKey)
  /// How a check stands now. When only the output differs, that is kept in memory and changes no revision.
  case setCheck(CheckKey, CheckState)
  /// Begins or ends maintenance.
  case setMaintenance(Maintenance?, CheckOwner)

  var cost: Int {
    switch self {
    case .register(let instance, _): instance.cost
    case .putNode(let node): node.cost
    case .putCheck(let check, _): 256 + check.cost
    case .setCheck(_, let state): 512 + state.output.utf8.count
    case .deregister, .removeNode, .removeCheck, .setMaintenance: 512
    }
  }
}

/// What a command came to.
struct CommandOutcome: Sendable {
  /// The revision that the command led to.
  var revision: UInt64
  var value: CommandValue = .none
}

/// What some commands answer beside a revision.
enum CommandValue: Sendable {
  case none
  case keyValue(KeyValueResult)
  case transaction(TransactionOutcome)
  case session(Session)
  case access(AccessOutcome)
}

/// What a batch of commands comes to: the transaction to commit, and what each caller is told after it.
struct CommitPlan: Sendable {
  struct Answer: Sendable {
    var result: Result<CommandOutcome, RegistryError>
    /// Whether the command has a revision of its own in the batch.
    var hasChanged = false
    /// False when the answer holds even if the transaction fails: nothing had to be written for it.
    var needsCommit: Bool
  }

  var commands: [RegistryCommand]
  var batch: StoreBatch
  var answers: [Answer] = []
  /// Instances that registered, so that they live.
  var registered: Set<InstanceKey> = []
  /// Of these, those that did again just as they are.
  var renewed: Set<InstanceKey> = []
  /// Instances that fell silent and stay, because too many did.
  var spared: [InstanceKey] = []
  /// How many instances of each service silence removed.
  var silenced: [String: Int] = [:]
  /// Checks that were reported.
  var heard: Set<CheckKey> = []
  /// Checks that said something while their status stayed.
  var outputs: [CheckKey: String] = [:]
  /// Descriptor sets that were offered again.
  var touched: [String] = []
}
