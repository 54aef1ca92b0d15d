import WeftDiscovery

/// Keys, for the doors of the registry.
extension Registry {
  // MARK: Reads

  /// One key, and the index of it: that of its last change, also when it is there no more.
  public func keyValue(_ key: String) -> (index: UInt64, entry: KeyValueEntry?) {
    let (index, record) = state.withLock { ($0.core.keyValue.index(key: key), $0.core.keyValue[key]) }
    return (index, record?.entry)
  }

  /// All keys that begin with `prefix`, in the order of their bytes, and the index of the prefix.
  public func keyValues(prefix: String) -> (index: UInt64, entries: [KeyValueEntry]) {
    let (index, records) = state.withLock {
      ($0.core.keyValue.index(prefix: prefix), $0.core.keyValue.records(prefix: prefix))
    }
    return (index, records.map(\.entry))
  }

  /// The names that begin with `prefix`, cut off after the first `separator` behind it and told once.
  public func keyNames(prefix: String, separator: String = "") -> (index: UInt64, names: [String]) {
    state.withLock {
      (
        $0.core.keyValue.index(prefix: prefix),
        $0.core.keyValue.keys(prefix: prefix, separator: separator)
      )
    }
  }

  // MARK: Writes

  /// Does one thing with keys. What Consul answers with false is a refusal in the result; errors are thrown.
  public func perform(
    _ operation: KeyValueOperation, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> (revision: UInt64, result: KeyValueResult) {
    try operation.validate(configuration.limits)
    let outcome = try await submit(.keyValue(operation), by: actor)
    guard case .keyValue(let result) = outcome.value else { return (outcome.revision, .done()) }
    return (outcome.revision, result)
  }

  /// Does all of the operations, in order and as one change, or none of them.
  public func transact(
    _ operations: [TransactionOperation], by actor: AuditActor = .registry
  ) async throws(RegistryError) -> TransactionOutcome {
    let limits = configuration.limits
    try FieldCheck(field: "operations").count(operations.count, limit: limits.transactionOperations)
    var validated: [TransactionOperation] = []
    for (index, operation) in operations.enumerated() {
      validated.append(try operation.validated(limits, field: "operations[\(index)]"))
    }
    let bytes = validated.reduce(0) { $0 + $1.cost }
    guard bytes <= limits.transactionBytes else {
      throw .invalidArgument(
        field: "operations", reason: "have \(bytes) bytes; at most \(limits.transactionBytes) are taken")
    }
    if !validated.contains(where: \.isWrite) { return read(validated) }
    let outcome = try await submit(.transaction(validated), by: actor)
    guard case .transaction(var transaction) = outcome.value else { return TransactionOutcome() }
    transaction.revision = outcome.revision
    return transaction
  }

  /// Nothing has to be stored, so there is nothing to wait for.
  private func read(_ operations: [TransactionOperation]) -> TransactionOutcome {
    state.withLock { [now = clock.now] state in
      var planner = RegistryPlanner(core: state.core, commands: [], now: now, wallTime: .zero)
      var outcome = planner.transact(operations)
      outcome.revision = state.core.revision
      return outcome
    }
  }
}

extension TransactionOperation {
  fileprivate func validated(
    _ limits: RegistryLimits, field: String
  ) throws(RegistryError) -> TransactionOperation {
    switch self {
    case .keyValue(let operation):
      try operation.validate(limits, field: field)
      return self
    case .change(let operation, let revision):
      return .change(try operation.validated(limits: limits), ifRevision: revision)
    case .read, .endSession: return self
    }
  }
}
