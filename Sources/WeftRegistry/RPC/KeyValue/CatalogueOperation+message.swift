import WeftDiscovery

extension TransactionOperation {
  /// - Parameter field: the operation's path in the request.
  init(_ message: Weft_Registry_V1_CatalogueOperation, field: String) throws(RegistryError) {
    self = .change(try CatalogueOperation(message, field: field), ifRevision: message.ifRevision)
  }
}

extension CatalogueOperation {
  fileprivate init(_ message: Weft_Registry_V1_CatalogueOperation, field: String) throws(RegistryError) {
    switch message.change {
    case .register(let instance): self = .register(ServiceInstance(instance), replacingChecks: false)
    case .deregister(let key): self = .deregister(InstanceKey(key))
    case .putNode(let node): self = .putNode(Node(node))
    case .removeNode(let name): self = .removeNode(name)
    case .putCheck(let put):
      guard let check = put.check else {
        throw .invalidArgument(field: "\(field).put_check.check", reason: "is missing")
      }
      self = .putCheck(HealthCheck(check), try CheckOwner(put.owner, field: "\(field).put_check.owner"))
    case .removeCheck(let removed):
      let owner = try CheckOwner(removed.owner, field: "\(field).remove_check.owner")
      self = .removeCheck(CheckKey(owner: owner, id: removed.checkID))
    case nil: throw .invalidArgument(field: field, reason: "says nothing to do")
    }
  }
}

extension AccessScope {
  /// Throws unless what the operation is about may be changed.
  func require(_ operation: TransactionOperation, field: String) throws(RegistryError) {
    guard case .change(let change, _) = operation else { return }
    switch change.item {
    case .node(let name): try require(.node(name, .write), field: field)
    case .instance(let key): try require(.service(key.service, .write), field: field)
    case .check(let key): try require(key.owner.writing, field: field)
    }
  }
}
