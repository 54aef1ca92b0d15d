import WeftDiscovery

/// A registered instance, shared by the catalogue, the change log and the snapshots of slow watchers, so
/// that each of them costs a reference and not a copy.
final class InstanceRecord: Sendable {
  let instance: ServiceInstance
  /// Roughly the bytes it takes on the wire and in memory.
  let cost: Int

  init(_ instance: ServiceInstance) {
    self.instance = instance
    self.cost = Self.cost(of: instance)
  }

  var key: InstanceKey { instance.key }

  static func cost(of instance: ServiceInstance) -> Int {
    var sum = 64
    sum += instance.service.utf8.count + instance.id.utf8.count + instance.address.utf8.count
    sum += instance.descriptorSetHash.utf8.count + instance.version.utf8.count + instance.zone.utf8.count
    for text in instance.protoServices { sum += text.utf8.count + 2 }
    for text in instance.tags { sum += text.utf8.count + 2 }
    for (key, value) in instance.metadata { sum += key.utf8.count + value.utf8.count + 8 }
    return sum
  }
}
