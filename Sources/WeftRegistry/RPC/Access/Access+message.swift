import WeftDiscovery
import WeftProtobuf

extension AccessToken {
  init(_ message: Weft_Registry_V1_Token) {
    self.init(
      accessor: message.accessor, description: message.description_, policies: message.policies,
      services: message.services, nodes: message.nodes,
      expiresAt: message.expireTime.map { $0.seconds.saturatingMilliseconds(nanoseconds: $0.nanos) })
  }

  var message: Weft_Registry_V1_Token {
    var message = Weft_Registry_V1_Token()
    message.accessor = accessor
    message.description_ = description
    message.policies = policies
    message.services = services
    message.nodes = nodes
    message.createTime = createdAt == 0 ? nil : Google_Protobuf_Timestamp(milliseconds: createdAt)
    message.expireTime = expiresAt.map { Google_Protobuf_Timestamp(milliseconds: $0) }
    message.createdRevision = createdRevision
    message.modifiedRevision = modifiedRevision
    return message
  }
}

extension AccessPolicy {
  init(_ message: Weft_Registry_V1_Policy) {
    self.init(
      id: message.id, name: message.name, description: message.description_, rules: message.rules)
  }

  var message: Weft_Registry_V1_Policy {
    var message = Weft_Registry_V1_Policy()
    message.id = id
    message.name = name
    message.description_ = description
    message.rules = rules
    message.createdRevision = createdRevision
    message.modifiedRevision = modifiedRevision
    return message
  }
}

extension AccessBinding {
  init(_ message: Weft_Registry_V1_Binding) {
    self.init(identity: message.identity, policies: message.policies)
  }

  var message: Weft_Registry_V1_Binding {
    var message = Weft_Registry_V1_Binding()
    message.identity = identity
    message.policies = policies
    message.createdRevision = createdRevision
    message.modifiedRevision = modifiedRevision
    return message
  }
}

extension Google_Protobuf_Timestamp {
  fileprivate init(milliseconds: Int64) {
    self.init()
    seconds = milliseconds / 1_000
    nanos = Int32(milliseconds % 1_000) * 1_000_000
  }
}

extension Int64 {
  /// So many seconds; the largest number for what does not fit.
  fileprivate func saturatingMilliseconds(nanoseconds: Int32) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: 1_000)
    guard !overflow else { return self < 0 ? .min : .max }
    let (sum, overflows) = product.addingReportingOverflow(Int64(nanoseconds) / 1_000_000)
    return overflows ? .max : sum
  }
}
