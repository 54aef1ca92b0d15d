import WeftProtobuf

extension InstanceKey {
  public init(_ message: Weft_Registry_V1_InstanceKey) {
    self.init(service: message.service, id: message.id)
  }

  public var message: Weft_Registry_V1_InstanceKey {
    var message = Weft_Registry_V1_InstanceKey()
    message.service = service
    message.id = id
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
      weight: Int(message.weight), lease: .milliseconds(Int64(message.leaseMilliseconds)),
      createdRevision: message.createdRevision)
  }

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
    message.leaseMilliseconds = UInt32(clamping: lease.milliseconds)
    message.createdRevision = createdRevision
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
