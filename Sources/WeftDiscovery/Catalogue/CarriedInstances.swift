/// Instances that a registry knew before it lost its data.
///
/// They are most likely alive, and will register again with their next heartbeat. Until then, or until their
/// lease would have run out, they count: otherwise traffic would stop for no reason but the registry's loss.
struct CarriedInstances: Sendable {
  private struct Carried {
    var instance: ServiceInstance
    var deadline: Duration
  }

  /// A heartbeat comes late when it had to be repeated.
  private static let slack: Duration = .seconds(5)
  /// For instances without a lease: somebody has to register them again, with no telling when.
  private static let withoutLease: Duration = .seconds(60)

  private var carried: [InstanceKey: Carried] = [:]

  var isEmpty: Bool { carried.isEmpty }
  var nextDeadline: Duration? { carried.values.map(\.deadline).min() }

  /// A registry without memory has taken over.
  mutating func carry(_ services: [String: [ServiceInstance]], now: Duration) {
    for instance in services.values.joined() where carried[instance.key] == nil {
      let deadline = now + (instance.lease ?? Self.withoutLease) + Self.slack
      carried[instance.key] = Carried(instance: instance, deadline: deadline)
    }
  }

  /// The registry knows about this one again.
  mutating func settle(_ key: InstanceKey) {
    carried[key] = nil
  }

  /// Drops those whose time is up. Returns whether there were any.
  mutating func prune(now: Duration) -> Bool {
    let count = carried.count
    carried = carried.filter { $0.value.deadline > now }
    return carried.count != count
  }

  func merged(into services: [String: [ServiceInstance]]) -> [String: [ServiceInstance]] {
    guard !carried.isEmpty else { return services }
    let instances = carried.values.map(\.instance)
    return services.merging(Dictionary(grouping: instances, by: \.qualifiedService)) { known, carried in
      known + carried
    }
    .mapValues { $0.sorted { $0.key < $1.key } }
  }
}
