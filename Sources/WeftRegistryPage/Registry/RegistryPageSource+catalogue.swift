import WeftDiscovery
import WeftRegistry

/// Services and nodes.
extension RegistryPageSource {
  func services(_ scope: AccessScope) -> PageContent {
    let (index, services) = registry.read { view in
      (view.index(of: .services), view.serviceNames.map { ($0, view.records(of: $0)) })
    }
    let rows = services.filter { scope.allows(.service($0.0, .read)) }.map { name, records in
      var service = PageService(name: name)
      var tags = Set<String>()
      for record in records {
        tags.formUnion(record.instance.tags)
        switch record.instance.status {
        case .passing: service.passing += 1
        case .warning: service.warning += 1
        case .critical: service.critical += 1
        }
      }
      service.tags = tags.sorted()
      return service
    }
    return PageContent(index: index, .services(rows))
  }

  func service(_ name: String, _ scope: AccessScope) throws(PageProblem) -> PageContent {
    try scope.demand(.service(name, .read))
    // The index first: what changes in between is told again rather than not at all.
    let index = registry.read { $0.index(of: .service(name)) }
    let instances = registry.health(of: name).instances.map { PageInstance($0.instance, on: $0.node) }
    return PageContent(index: index, .service(instances))
  }

  func nodes(_ scope: AccessScope) -> PageContent {
    let (index, counts) = registry.read { view in
      (
        view.index(of: .nodes),
        Dictionary(view.nodes.map { ($0.name, view.records(onNode: $0.name).count) }) { $1 }
      )
    }
    let nodes = registry.nodes().nodes.filter { scope.allows(.node($0.name, .read)) }.map {
      PageNode($0, instances: counts[$0.name] ?? 0)
    }
    return PageContent(index: index, .nodes(nodes))
  }

  func node(_ name: String, _ scope: AccessScope) throws(PageProblem) -> PageContent {
    try scope.demand(.node(name, .read))
    let index = registry.read { $0.index(of: .node(name)) }
    guard let node = registry.node(name) else { return PageContent(index: index, .node(nil, [])) }
    let instances = registry.instances(onNode: name).filter {
      scope.allows(.service($0.qualifiedService, .read))
    }.map { PageInstance($0, on: node) }
    return PageContent(index: index, .node(PageNode(node, instances: instances.count), instances))
  }
}

extension PageStatus {
  init(_ status: HealthStatus) {
    switch status {
    case .passing: self = .passing
    case .warning: self = .warning
    case .critical: self = .critical
    }
  }
}

extension PageInstance {
  init(_ instance: ServiceInstance, on node: Node) {
    self.init(
      service: instance.qualifiedService, id: instance.id, node: instance.node,
      address: instance.address.isEmpty ? node.address : instance.address, port: instance.port)
    version = instance.version
    zone = instance.zone
    weight = instance.weight
    lease = instance.lease.map(PageWords.time) ?? ""
    tags = instance.tags
    metadata = instance.metadata
    checks = instance.checks.map { PageCheck($0) }
    let own = PageWords.reason(instance.maintenance, instance.checks)
    // The worse of the two is why.
    if instance.ownStatus >= node.status {
      status = PageStatus(instance.ownStatus)
      why = own
    } else {
      status = PageStatus(node.status)
      why = "Node \(node.name): \(PageWords.reason(node.maintenance, node.checks))"
    }
  }
}

extension PageNode {
  init(_ node: Node, instances: Int) {
    self.init(name: node.name, address: node.address, instances: instances)
    metadata = node.metadata
    status = PageStatus(node.status)
    why = PageWords.reason(node.maintenance, node.checks)
    checks = node.checks.map { PageCheck($0) }
  }
}

extension PageCheck {
  init(_ check: HealthCheck) {
    self.init(
      id: check.id, name: check.name, kind: PageWords.kind(check), status: PageStatus(check.state.status),
      output: check.state.output, notes: check.notes, changed: check.state.changedAt.milliseconds)
  }
}
