import WeftDiscovery

extension CatalogueOperation {
  /// The operation with defaults filled in, if every field is within its limits.
  func validated(limits: RegistryLimits) throws(RegistryError) -> CatalogueOperation {
    switch self {
    case .register(let instance, let replacingChecks):
      return .register(try instance.validated(limits: limits), replacingChecks: replacingChecks)
    case .deregister(let key): return .deregister(try key.validated(field: "instance"))
    case .putNode(let node): return .putNode(try node.validated())
    case .removeNode(let name):
      try validateName(name, field: "node")
      return self
    case .putCheck(let check, let owner):
      return .putCheck(try check.validated(field: "check", limits: limits), try owner.validated())
    case .removeCheck(let key): return .removeCheck(try key.validated())
    case .setCheck(let key, var state):
      state.output = state.output.clipped(to: limits.checkOutputBytes)
      return .setCheck(try key.validated(), state)
    case .setMaintenance(let maintenance, let owner):
      if let maintenance { try FieldCheck(field: "reason").text(maintenance.reason, limit: 1_024) }
      return .setMaintenance(maintenance, try owner.validated())
    }
  }
}

extension CheckOwner {
  func validated() throws(RegistryError) -> CheckOwner {
    switch self {
    case .node(let name): try validateName(name, field: "node")
    case .instance(let key): _ = try key.validated(field: "instance")
    }
    return self
  }
}

extension CheckKey {
  func validated() throws(RegistryError) -> CheckKey {
    _ = try owner.validated()
    try FieldCheck(field: "check.id").identifier(id)
    return self
  }
}

extension Node {
  func validated() throws(RegistryError) -> Node {
    try validateName(name, field: "node.name")
    try FieldCheck(field: "node.id").text(id, limit: 64)
    try FieldCheck(field: "node.address").text(address, limit: 253)
    try validateMetadata(metadata, field: "node.metadata")
    try FieldCheck(field: "node.tagged_addresses").count(taggedAddresses.count, limit: 32)
    for (key, value) in taggedAddresses {
      try FieldCheck(field: "node.tagged_addresses").text(key, limit: 128)
      try FieldCheck(field: "node.tagged_addresses[\"\(key)\"]").text(value, limit: 253)
    }
    return self
  }
}
