import WeftProtobuf

extension Node {
  public init(_ message: Weft_Registry_V1_Node) {
    self.init(
      name: message.name, id: message.id, address: message.address, metadata: message.metadata,
      taggedAddresses: message.taggedAddresses,
      checks: message.checks.map { HealthCheck($0) },
      maintenance: message.maintenance.map { Maintenance($0) },
      addedRevision: message.addedRevision, modifiedRevision: message.modifiedRevision)
  }

  public var message: Weft_Registry_V1_Node {
    var message = Weft_Registry_V1_Node()
    message.name = name
    message.id = id
    message.address = address
    message.metadata = metadata
    message.taggedAddresses = taggedAddresses
    message.checks = checks.map(\.message)
    message.maintenance = maintenance?.message
    message.addedRevision = addedRevision
    message.modifiedRevision = modifiedRevision
    return message
  }
}
