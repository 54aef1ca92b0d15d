import WeftDiscovery

/// Reads: answered at once from memory, never waiting for anything.
extension Registry {
  /// The instances of one service, sorted by id, as the filter wants them.
  public func resolve(
    _ service: String, filter: ResolveFilter = .all
  ) -> (revision: UInt64, instances: [ServiceInstance]) {
    let (revision, records, outputs) = state.withLock { state in
      let records = state.core.catalogue.records(of: service)
      // What is held here must be copied when it changes meanwhile; most reads do not need it.
      let hasChecks = records.contains { !$0.instance.checks.isEmpty }
      return (state.core.revision, records, hasChecks ? state.core.outputs : [:])
    }
    return (revision, filter.apply(to: records.map { $0.instance.saying(outputs) }))
  }

  public func instance(_ key: InstanceKey) -> ServiceInstance? {
    state.withLock { state in state.core.catalogue[key]?.instance.saying(state.core.outputs) }
  }

  /// The instances on a node with this id: one, unless services share it.
  public func instances(id: String, node: String = Node.registryName) -> [ServiceInstance] {
    state.withLock { state in
      state.core.catalogue.records(id: id, node: node).map { $0.instance.saying(state.core.outputs) }
    }
  }

  /// The instances on a node, sorted by service and id.
  public func instances(onNode node: String) -> [ServiceInstance] {
    state.withLock { state in
      state.core.catalogue.records(onNode: node).map { $0.instance.saying(state.core.outputs) }
    }
  }

  /// Every instance, sorted by service and id.
  public func allInstances() -> (revision: UInt64, instances: [ServiceInstance]) {
    let (revision, catalogue, outputs) = state.withLock { state in
      (state.core.revision, state.core.catalogue, state.core.outputs)
    }
    return (revision, catalogue.allRecords().map { $0.instance.saying(outputs) })
  }

  /// Every service with its number of instances, sorted by name.
  public func listServices() -> (revision: UInt64, services: [(name: String, instances: Int)]) {
    let (revision, services) = state.withLock { ($0.core.revision, $0.core.catalogue.services) }
    return (revision, services.map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 })
  }

  /// Every service with the tags that its instances have, sorted.
  public func serviceTags() -> [String: [String]] {
    let services = state.withLock { $0.core.catalogue.services }
    return services.mapValues { records in Set(records.flatMap(\.instance.tags)).sorted() }
  }

  /// Every node, sorted by name.
  public func nodes() -> (revision: UInt64, nodes: [Node]) {
    let (revision, nodes, outputs) = state.withLock { state in
      (state.core.revision, state.core.catalogue.nodes, state.core.outputs)
    }
    return (revision, nodes.values.map { $0.saying(outputs) }.sorted { $0.name < $1.name })
  }

  public func node(_ name: String) -> Node? {
    state.withLock { state in state.core.catalogue.nodes[name]?.saying(state.core.outputs) }
  }

  /// The checks of an instance or a node; empty when there is no such owner.
  public func checks(of owner: CheckOwner) -> [HealthCheck] {
    switch owner {
    case .node(let name): node(name)?.checks ?? []
    case .instance(let key): instance(key)?.checks ?? []
    }
  }

  public func check(_ key: CheckKey) -> HealthCheck? {
    checks(of: key.owner).first { $0.id == key.id }
  }

  /// Every check, those of nodes first.
  public func allChecks() -> [(owner: CheckOwner, check: HealthCheck)] {
    let (catalogue, outputs) = state.withLock { state in (state.core.catalogue, state.core.outputs) }
    var checks: [(owner: CheckOwner, check: HealthCheck)] = []
    for node in catalogue.nodes.values.sorted(by: { $0.name < $1.name }) where !node.checks.isEmpty {
      checks += node.saying(outputs).checks.map { (.node(node.name), $0) }
    }
    for record in catalogue.allRecords() where !record.instance.checks.isEmpty {
      checks += record.instance.saying(outputs).checks.map { (.instance(record.key), $0) }
    }
    return checks
  }

  /// The instances of a service, each with its node, and the index of the service: all as of one moment.
  public func health(
    of service: String
  ) -> (index: UInt64, instances: [(instance: ServiceInstance, node: Node)]) {
    let (index, records, nodes, outputs) = state.withLock { state in
      let core = state.core
      return (
        core.index(for: .service(service)), core.catalogue.records(of: service), core.catalogue.nodes,
        core.outputs
      )
    }
    let instances = records.map { record in
      let node = nodes[record.key.node] ?? Node(name: record.key.node, address: "")
      return (record.instance.saying(outputs), node.saying(outputs))
    }
    return (index, instances)
  }

  /// Names the sequence of revisions.
  public var history: String { state.withLock { $0.core.history } }

  public var datacenter: String { configuration.datacenter }
}

extension ServiceInstance {
  /// With the newest output of each check.
  func saying(_ outputs: [CheckKey: String]) -> ServiceInstance {
    guard !checks.isEmpty, !outputs.isEmpty else { return self }
    var result = self
    result.checks = checks.saying(outputs, of: .instance(key))
    return result
  }
}

extension Node {
  /// With the newest output of each check.
  func saying(_ outputs: [CheckKey: String]) -> Node {
    guard !checks.isEmpty, !outputs.isEmpty else { return self }
    var result = self
    result.checks = checks.saying(outputs, of: .node(name))
    return result
  }
}

extension [HealthCheck] {
  fileprivate func saying(_ outputs: [CheckKey: String], of owner: CheckOwner) -> [HealthCheck] {
    map { check in
      guard let output = outputs[CheckKey(owner: owner, id: check.id)] else { return check }
      var check = check
      check.state.output = output
      return check
    }
  }
}
