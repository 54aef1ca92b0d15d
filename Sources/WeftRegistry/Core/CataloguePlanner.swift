import WeftDiscovery

/// Something that happened to the catalogue which other domains follow in the same revision.
enum CatalogueEvent: Sendable, Hashable {
  case checkBecameCritical(CheckKey)
  case checkRemoved(CheckKey)
  case nodeRemoved(String)
}

/// Decides on instances, nodes and checks: what is there, seen through what this batch has changed so far.
struct CataloguePlanner: Sendable {
  let base: CatalogueIndex
  let leases: LeaseTable<InstanceKey>
  let outputs: [CheckKey: String]
  let limits: RegistryLimits
  let wallTime: Duration
  /// What this batch has changed so far; nil inside means removed.
  private(set) var instances: [InstanceKey: InstanceRecord?] = [:]
  private(set) var nodes: [String: Node?] = [:]
  var addedInstances = 0
  var addedByService: [String: Int] = [:]
  /// Since when the services are there to which this batch adds.
  var created: [String: UInt64] = [:]
  /// Set when an answer depends on what this batch has changed so far, which may yet fail.
  var hasSeenUncommitted = false
  private var events: [CatalogueEvent] = []
  /// What the command at hand has changed, in order, and whether it was there before.
  private var changedInstances: [InstanceKey] = []
  private var wasThere: [InstanceKey: Bool] = [:]
  private var changedNodes: [(name: String, wasThere: Bool)] = []

  init(core: RegistryCore, wallTime: Duration) {
    base = core.catalogue
    leases = core.leases
    outputs = core.outputs
    limits = core.limits
    self.wallTime = wallTime
  }

  // MARK: What is there

  mutating func instance(_ key: InstanceKey) -> InstanceRecord? {
    if let changed = instances[key] {
      hasSeenUncommitted = true
      return changed
    }
    return base[key]
  }

  mutating func node(_ name: String) -> Node? {
    if let changed = nodes[name] {
      hasSeenUncommitted = true
      return changed
    }
    return base.nodes[name]
  }

  func isThere(_ key: InstanceKey) -> Bool { (instances[key] ?? base[key]) != nil }

  /// Whether an earlier command of this batch changed the instance.
  func isChanged(_ key: InstanceKey) -> Bool { instances[key] != nil }

  /// The keys of all instances on a node.
  func keys(onNode name: String) -> [InstanceKey] {
    var keys = Set(base.records(onNode: name).map(\.key))
    for (key, record) in instances where key.node == name {
      if record == nil { keys.remove(key) } else { keys.insert(key) }
    }
    return keys.sorted()
  }

  // MARK: What changes

  mutating func change(_ key: InstanceKey, to record: InstanceRecord?) {
    if wasThere[key] == nil {
      changedInstances.append(key)
      wasThere[key] = (instances[key] ?? base[key]) != nil
    }
    instances[key] = .some(record)
  }

  /// The instances on a node stand no better than it does: they change with it.
  mutating func change(_ name: String, to node: Node?) {
    let old = nodes[name] ?? base.nodes[name]
    let health = node?.health
    if node != nil, old?.health != health {
      for key in keys(onNode: name) {
        guard var instance = instance(key)?.instance else { continue }
        instance.nodeHealth = health
        change(key, to: InstanceRecord(instance))
      }
    }
    if !changedNodes.contains(where: { $0.name == name }) {
      changedNodes.append((name, (nodes[name] ?? base.nodes[name]) != nil))
    }
    nodes[name] = .some(node)
  }

  mutating func note(_ event: CatalogueEvent) { events.append(event) }

  mutating func takeEvents() -> [CatalogueEvent] {
    defer { events = [] }
    return events
  }

  /// What the command at hand changed.
  mutating func takeChanges() -> [RegistryChange] {
    defer {
      changedInstances = []
      wasThere = [:]
      changedNodes = []
    }
    var changes: [RegistryChange] = []
    for (name, wasThere) in changedNodes {
      if let node = nodes[name] ?? nil {
        changes.append(.node(.put(node)))
      } else if wasThere {
        changes.append(.node(.removed(name)))
      }
    }
    for key in changedInstances {
      if let record = instances[key] ?? nil {
        changes.append(.instance(.put(record)))
      } else if wasThere[key] == true {
        changes.append(.instance(.removed(key)))
      }
    }
    return changes
  }
}
