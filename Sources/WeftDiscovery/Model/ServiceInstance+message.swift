import WeftProtobuf

extension InstanceKey {
  public init(_ message: Weft_Registry_V1_InstanceKey) {
    self.init(
      service: message.service, id: message.id,
      node: message.node.isEmpty ? Node.registryName : message.node)
  }

  public var message: Weft_Registry_V1_InstanceKey {
    var message = Weft_Registry_V1_InstanceKey()
    message.service = service
    message.id = id
    if node != Node.registryName { message.node = node }
    return message
  }
}

extension ServiceInstance {
  /// The instance as it stands in the message: out of range where the message is.
  public init(_ message: Weft_Registry_V1_Instance) {
    self.init(
      service: message.service, id: message.id, address: message.address, port: Int(message.port),
      protoServices: message.protoServices, descriptorSetHash: message.descriptorSetHash,
      tags: message.tags, metadata: message.metadata, version: message.version, zone: message.zone,
      weight: Int(message.weight),
      lease: message.withoutLease ? nil : .milliseconds(Int64(message.leaseMilliseconds)),
      createdRevision: message.createdRevision)
    if !message.namespace.isEmpty { namespace = message.namespace }
    if !message.node.isEmpty { node = message.node }
    if let weight = message.warningWeight { warningWeight = Int(weight) }
    taggedAddresses = message.taggedAddresses.mapValues {
      TaggedAddress(address: $0.address, port: Int($0.port))
    }
    enableTagOverride = message.enableTagOverride
    maintenance = message.maintenance.map { Maintenance($0) }
    checks = message.checks.map { HealthCheck($0) }
    addedRevision = message.addedRevision
    modifiedRevision = message.modifiedRevision
    nodeHealth = message.nodeHealth.map { NodeHealth($0) }
  }

  /// Fields that are as usual are left out: most instances use few of them, and all are sent to many.
  public var message: Weft_Registry_V1_Instance {
    var message = Weft_Registry_V1_Instance()
    message.service = service
    message.id = id
    message.address = address
    message.port = UInt32(clamping: port)
    message.protoServices = protoServices
    message.descriptorSetHash = descriptorSetHash
    message.tags = tags
    message.metadata = metadata
    message.version = version
    message.zone = zone
    message.weight = UInt32(clamping: weight)
    message.leaseMilliseconds = UInt32(clamping: lease?.milliseconds ?? 0)
    message.withoutLease = lease == nil
    message.createdRevision = createdRevision
    if namespace != Self.defaultNamespace { message.namespace = namespace }
    if node != Node.registryName { message.node = node }
    if warningWeight != 1 { message.warningWeight = UInt32(clamping: warningWeight) }
    if !taggedAddresses.isEmpty { message.taggedAddresses = taggedAddresses.mapValues(\.message) }
    message.enableTagOverride = enableTagOverride
    message.maintenance = maintenance?.message
    if !checks.isEmpty { message.checks = checks.map(\.message) }
    message.addedRevision = addedRevision
    message.modifiedRevision = modifiedRevision
    message.nodeHealth = nodeHealth?.message
    return message
  }
}

extension NodeHealth {
  init(_ message: Weft_Registry_V1_NodeHealth) {
    self.init(
      status: HealthStatus(message.status) ?? .critical,
      checkID: message.checkID.isEmpty ? nil : message.checkID, reason: message.reason,
      since: .milliseconds(Int64(clamping: message.sinceMilliseconds)))
  }

  var message: Weft_Registry_V1_NodeHealth {
    var message = Weft_Registry_V1_NodeHealth()
    message.status = status.message
    message.checkID = checkID ?? ""
    message.reason = reason
    message.sinceMilliseconds = UInt64(clamping: since.milliseconds)
    return message
  }
}

extension TaggedAddress {
  var message: Weft_Registry_V1_TaggedAddress {
    var message = Weft_Registry_V1_TaggedAddress()
    message.address = address
    message.port = UInt32(clamping: port)
    return message
  }
}

extension Duration {
  /// Whole milliseconds, rounded down; the largest number for what does not fit.
  public var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
    return overflow ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000_000_000
  }
}
