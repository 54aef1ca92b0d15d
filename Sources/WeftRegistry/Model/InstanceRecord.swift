import WeftDiscovery

/// A registered instance, shared by the catalogue, the change log and the snapshots of slow watchers, so
/// that each of them costs a reference and not a copy.
public final class InstanceRecord: Sendable, Hashable {
  public let instance: ServiceInstance
  /// The instance's, made once.
  public let key: InstanceKey
  /// Roughly the bytes it takes on the wire and in memory.
  let cost: Int

  public init(_ instance: ServiceInstance) {
    self.instance = instance
    key = instance.key
    cost = instance.cost
  }

  /// The record as it is on a node that stands so.
  func with(_ health: NodeHealth?) -> InstanceRecord {
    guard instance.nodeHealth != health else { return self }
    var instance = instance
    instance.nodeHealth = health
    return InstanceRecord(instance)
  }

  public static func == (a: InstanceRecord, b: InstanceRecord) -> Bool {
    a === b || a.instance == b.instance
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(key)
  }
}

extension ServiceInstance {
  /// Roughly the bytes it takes on the wire and in memory.
  var cost: Int {
    var sum = 64
    sum += service.utf8.count + id.utf8.count + address.utf8.count
    sum += descriptorSetHash.utf8.count + version.utf8.count + zone.utf8.count
    for text in protoServices { sum += text.utf8.count + 2 }
    for text in tags { sum += text.utf8.count + 2 }
    for (key, value) in metadata { sum += key.utf8.count + value.utf8.count + 8 }
    for (key, value) in taggedAddresses { sum += key.utf8.count + value.address.utf8.count + 12 }
    for check in checks { sum += check.cost }
    if let nodeHealth { sum += 32 + nodeHealth.reason.utf8.count }
    return sum
  }
}

extension Node {
  var cost: Int {
    var sum = 64 + name.utf8.count + id.utf8.count + address.utf8.count
    for (key, value) in metadata { sum += key.utf8.count + value.utf8.count + 8 }
    for (key, value) in taggedAddresses { sum += key.utf8.count + value.utf8.count + 8 }
    for check in checks { sum += check.cost }
    return sum
  }
}

extension HealthCheck {
  var cost: Int {
    var sum = 64 + id.utf8.count + name.utf8.count + notes.utf8.count + state.output.utf8.count
    if case .http(let probe) = kind {
      sum += probe.url.utf8.count + probe.body.utf8.count
      for (name, values) in probe.headers {
        for value in values { sum += name.utf8.count + value.utf8.count + 8 }
      }
    }
    return sum
  }
}
