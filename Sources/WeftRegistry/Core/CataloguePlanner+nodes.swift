import WeftDiscovery

extension CataloguePlanner {
  mutating func put(_ node: Node, revision: UInt64) throws(RegistryError) {
    let old = self.node(node.name)
    var node = node
    node.checks = old?.checks ?? []
    node.maintenance = old?.maintenance
    node.addedRevision = old?.addedRevision ?? revision
    node.modifiedRevision = old?.modifiedRevision ?? revision
    guard node != old else { return }
    if old == nil, base.nodes.count + nodes.count >= limits.nodes {
      throw .resourceExhausted("the registry holds its limit of \(limits.nodes) nodes")
    }
    node.modifiedRevision = revision
    change(node.name, to: node)
  }

  mutating func removeNode(_ name: String, revision: UInt64) throws(RegistryError) {
    guard name != Node.registryName else {
      throw .failedPrecondition("node \(name) is the registry's own and stays")
    }
    guard let node = node(name) else { return }
    for key in keys(onNode: name) { deregister(key, revision: revision) }
    for check in node.checks { note(.checkRemoved(CheckKey(owner: .node(name), id: check.id))) }
    note(.nodeRemoved(name))
    change(name, to: nil as Node?)
  }

  mutating func setMaintenance(
    _ maintenance: Maintenance?, of owner: CheckOwner, revision: UInt64
  ) throws(RegistryError) {
    switch owner {
    case .node(let name):
      guard var node = node(name) else { throw Self.unknown(owner) }
      guard node.maintenance?.reason != maintenance?.reason else { return }
      node.maintenance = maintenance
      node.modifiedRevision = revision
      change(name, to: node)
    case .instance(let key):
      guard var instance = instance(key)?.instance else { throw Self.unknown(owner) }
      guard instance.maintenance?.reason != maintenance?.reason else { return }
      instance.maintenance = maintenance
      instance.modifiedRevision = revision
      change(key, to: InstanceRecord(instance))
    }
    guard maintenance != nil else { return }
    note(.checkBecameCritical(CheckKey(owner: owner, id: CheckKey.maintenance)))
  }

  static func unknown(_ owner: CheckOwner) -> RegistryError {
    switch owner {
    case .node(let name): .notFound("no node has the name \(name)")
    case .instance(let key): .notFound("no instance \(key) is registered")
    }
  }
}

extension CheckKey {
  /// Stands for the maintenance of its owner where that is treated as a check.
  static let maintenance = "_maintenance"
}
