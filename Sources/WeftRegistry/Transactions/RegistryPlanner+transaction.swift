import WeftDiscovery

extension RegistryPlanner {
  /// All of the operations, each on top of those before it; or none, with a reason for each that stood in the way.
  mutating func transact(_ operations: [TransactionOperation]) -> TransactionOutcome {
    let before = self
    var outcome = TransactionOutcome()
    for (index, operation) in operations.enumerated() {
      do throws(RegistryError) {
        outcome.results += try perform(operation)
      } catch {
        outcome.failures.append(.init(operation: index, reason: error.description))
      }
    }
    if !outcome.isDone {
      self = before
      outcome.results = []
    }
    return outcome
  }

  private mutating func perform(
    _ operation: TransactionOperation
  ) throws(RegistryError) -> [TransactionResult] {
    switch operation {
    case .keyValue(let operation):
      let result = try keyValue.perform(operation, revision: nextRevision, sessions: sessions)
      if let refusal = result.refusal { throw .failedPrecondition(refusal) }
      let isRead = operation.isTree || operation == .get(key: operation.key)
      return result.entries.map { .keyValue(isRead ? $0 : $0.withoutValue) }
    case .change(let operation, let expected):
      let item = operation.item
      if let expected {
        let found = revision(of: item) ?? 0
        guard found == expected else {
          throw .failedPrecondition("\(item) has the index \(found), not \(expected)")
        }
      }
      try perform([operation])
      return operation.isRemoval ? [] : [read(item)].compactMap(\.self)
    case .read(let item):
      guard let found = read(item) else { throw .failedPrecondition("\(item) does not exist") }
      return [found]
    case .endSession(let id):
      sessions.end(id)
      releaseLocks()
      return []
    }
  }

  // MARK: The catalogue as this batch leaves it

  private mutating func read(_ item: CatalogueItem) -> TransactionResult? {
    switch item {
    case .node(let name): catalogue.node(name).map { .node($0) }
    case .instance(let key): catalogue.instance(key).map { .instance($0.instance) }
    case .check(let key): check(key).map { .check(key.owner, $0) }
    }
  }

  private mutating func check(_ key: CheckKey) -> HealthCheck? {
    switch key.owner {
    case .node(let name): catalogue.node(name)?.checks.first { $0.id == key.id }
    case .instance(let instance): catalogue.instance(instance)?.instance.checks.first { $0.id == key.id }
    }
  }

  private mutating func revision(of item: CatalogueItem) -> UInt64? {
    switch read(item) {
    case .node(let node): node.modifiedRevision
    case .instance(let instance): instance.modifiedRevision
    case .check(_, let check): check.modifiedRevision
    case .keyValue, nil: nil
    }
  }
}

extension CatalogueOperation {
  /// What it is about.
  var item: CatalogueItem {
    switch self {
    case .register(let instance, _): .instance(instance.key)
    case .deregister(let key): .instance(key)
    case .putNode(let node): .node(node.name)
    case .removeNode(let name): .node(name)
    case .putCheck(let check, let owner): .check(CheckKey(owner: owner, id: check.id))
    case .removeCheck(let key), .setCheck(let key, _): .check(key)
    case .setMaintenance(_, .node(let name)): .node(name)
    case .setMaintenance(_, .instance(let key)): .instance(key)
    }
  }

  var isRemoval: Bool {
    switch self {
    case .deregister, .removeNode, .removeCheck: true
    case .register, .putNode, .putCheck, .setCheck, .setMaintenance: false
    }
  }
}
