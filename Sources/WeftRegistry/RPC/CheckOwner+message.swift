import WeftDiscovery

extension CheckOwner {
  /// - Parameter field: its path in the request.
  init(_ message: Weft_Registry_V1_CheckOwner?, field: String) throws(RegistryError) {
    switch message?.owner {
    case .instance(let key): self = .instance(try InstanceKey(key).validated(field: "\(field).instance"))
    case .node(let name):
      try validateName(name, field: "\(field).node")
      self = .node(name)
    case nil: throw .invalidArgument(field: field, reason: "is missing")
    }
  }

  /// What one must be allowed to change it.
  var writing: AccessRequest {
    switch self {
    case .node(let name): .node(name, .write)
    case .instance(let key): .service(key.service, .write)
    }
  }
}
