import WeftDiscovery

extension Session {
  /// The session as it stands in the message: out of range where the message is.
  init(_ message: Weft_Registry_V1_Session) {
    self.init(
      id: message.id, name: message.name, node: message.node, nodeChecks: message.nodeChecks,
      serviceChecks: message.serviceChecks,
      lockDelay: message.lockDelayMilliseconds.map { .milliseconds(Int64(clamping: $0)) }
        ?? Self.defaultLockDelay,
      behavior: message.behavior == .delete ? .delete : .release,
      ttl: message.ttlMilliseconds == 0 ? nil : .milliseconds(Int64(clamping: message.ttlMilliseconds)),
      createdRevision: message.createdRevision, modifiedRevision: message.modifiedRevision)
  }

  var message: Weft_Registry_V1_Session {
    var message = Weft_Registry_V1_Session()
    message.id = id
    message.name = name
    message.node = node
    message.nodeChecks = nodeChecks
    message.serviceChecks = serviceChecks
    message.lockDelayMilliseconds = UInt64(clamping: lockDelay.milliseconds)
    message.behavior = behavior == .delete ? .delete : .release
    message.ttlMilliseconds = UInt64(clamping: ttl?.milliseconds ?? 0)
    message.createdRevision = createdRevision
    message.modifiedRevision = modifiedRevision
    return message
  }
}
