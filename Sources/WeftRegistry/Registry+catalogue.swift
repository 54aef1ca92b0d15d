import WeftDiscovery

/// Changes of the catalogue. Each returns the revision it led to, once that is durable.
extension Registry {
  /// Adds an instance, or replaces the one with the same key. Checks that stay keep their state; those that it does
  /// not name go, or stay when `replacingChecks` is false.
  public func register(
    _ instance: ServiceInstance, replacingChecks: Bool = true, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> UInt64 {
    try await commit([.register(instance, replacingChecks: replacingChecks)], by: actor)
  }

  /// Removes an instance; one that is not there is no error.
  public func deregister(_ key: InstanceKey, by actor: AuditActor = .registry) async throws(RegistryError)
    -> UInt64
  {
    try await commit([.deregister(key)], by: actor)
  }

  /// Adds a node, or replaces it except for its checks and its maintenance.
  public func putNode(_ node: Node, by actor: AuditActor = .registry) async throws(RegistryError) -> UInt64 {
    try await commit([.putNode(node)], by: actor)
  }

  /// Removes a node with its checks and instances; one that is not there is no error.
  public func removeNode(_ name: String, by actor: AuditActor = .registry) async throws(RegistryError)
    -> UInt64
  {
    try await commit([.removeNode(name)], by: actor)
  }

  /// Adds a check, or replaces it. One that is run or reported keeps its state; an external one has the new state.
  public func putCheck(
    _ check: HealthCheck, of owner: CheckOwner, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> UInt64 {
    try await commit([.putCheck(check, owner)], by: actor)
  }

  /// Removes a check; one that is not there is no error.
  public func removeCheck(_ key: CheckKey, by actor: AuditActor = .registry) async throws(RegistryError)
    -> UInt64
  {
    try await commit([.removeCheck(key)], by: actor)
  }

  /// Says how a check stands. An output that changes alone is kept in memory and changes no revision.
  /// - Throws: `notFound` when there is no such check.
  public func setCheck(
    _ key: CheckKey, status: HealthStatus, output: String = "", by actor: AuditActor = .registry
  ) async throws(RegistryError) -> UInt64 {
    try await commit([.setCheck(key, CheckState(status: status, output: output))], by: actor)
  }

  /// Takes an instance or a node out of service, or back with nil. Until then it counts as critical.
  /// - Throws: `notFound` when there is no such owner.
  public func setMaintenance(
    _ reason: String?, of owner: CheckOwner, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> UInt64 {
    try await commit(
      [.setMaintenance(reason.map { Maintenance(reason: $0, since: wallClock()) }, owner)], by: actor)
  }

  /// Makes several changes under one revision: all of them, or when one is refused, none.
  public func commit(
    _ operations: [CatalogueOperation], by actor: AuditActor = .registry
  ) async throws(RegistryError) -> UInt64 {
    let limits = configuration.limits
    var validated: [CatalogueOperation] = []
    validated.reserveCapacity(operations.count)
    for operation in operations { validated.append(try operation.validated(limits: limits)) }
    return try await submit(.catalogue(validated), by: actor).revision
  }
}
