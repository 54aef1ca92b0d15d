import WeftDiscovery

/// All registered instances, by service and sorted by id, and all nodes.
struct CatalogueIndex: Sendable {
  private(set) var services: [String: [InstanceRecord]] = [:]
  private(set) var nodes: [String: Node] = [:]
  /// For each node, the services that have an instance with an id.
  private var servicesByID: [String: [String: [String]]] = [:]
  /// For each node, who has a check with an id.
  private var checkOwners: [String: [String: Set<CheckOwner>]] = [:]
  private(set) var count = 0

  subscript(key: InstanceKey) -> InstanceRecord? {
    guard let records = services[key.service] else { return nil }
    let index = Self.position(of: key, in: records)
    return index < records.count && records[index].key == key ? records[index] : nil
  }

  func records(of service: String) -> [InstanceRecord] {
    services[service] ?? []
  }

  /// Every record, by service and id.
  func allRecords() -> [InstanceRecord] {
    services.keys.sorted().flatMap { records(of: $0) }
  }

  /// The instances on a node with an id: one, unless services share it.
  func records(id: String, node: String) -> [InstanceRecord] {
    (servicesByID[node]?[id] ?? []).compactMap { self[InstanceKey(service: $0, id: id, node: node)] }
  }

  /// The instances on a node, by service and id.
  func records(onNode node: String) -> [InstanceRecord] {
    (servicesByID[node] ?? [:]).flatMap { id, services in
      services.compactMap { self[InstanceKey(service: $0, id: id, node: node)] }
    }
    .sorted { $0.key < $1.key }
  }

  func checks(of owner: CheckOwner) -> [HealthCheck]? {
    switch owner {
    case .node(let name): nodes[name]?.checks
    case .instance(let key): self[key]?.instance.checks
    }
  }

  func check(_ key: CheckKey) -> HealthCheck? {
    checks(of: key.owner)?.first { $0.id == key.id }
  }

  /// Whose check has this id on a node: the node itself, or the first of its instances.
  func checkOwner(id: String, node: String) -> CheckOwner? {
    guard let owners = checkOwners[node]?[id] else { return nil }
    if owners.contains(.node(node)) { return .node(node) }
    let keys = owners.compactMap { owner in
      if case .instance(let key) = owner { key } else { nil }
    }
    return keys.min().map { .instance($0) }
  }

  mutating func put(_ record: InstanceRecord) {
    let key = record.key
    let old: InstanceRecord? = Self.update(&services[key.service, default: []]) { records in
      let index = Self.position(of: key, in: records)
      if index < records.count, records[index].key == key {
        defer { records[index] = record }
        return records[index]
      }
      records.insert(record, at: index)
      return nil
    }
    note(.instance(key), old: old?.instance.checks ?? [], new: record.instance.checks)
    guard old == nil else { return }
    count += 1
    servicesByID[key.node, default: [:]][key.id, default: []].append(key.service)
  }

  mutating func remove(_ key: InstanceKey) {
    guard services[key.service] != nil else { return }
    let (removed, isEmpty): (InstanceRecord?, Bool) = Self.update(&services[key.service, default: []]) {
      records in
      let index = Self.position(of: key, in: records)
      guard index < records.count, records[index].key == key else { return (nil, records.isEmpty) }
      let record = records.remove(at: index)
      return (record, records.isEmpty)
    }
    if isEmpty { services[key.service] = nil }
    guard let removed else { return }
    note(.instance(key), old: removed.instance.checks, new: [])
    count -= 1
    servicesByID[key.node]?[key.id]?.removeAll { $0 == key.service }
    if servicesByID[key.node]?[key.id]?.isEmpty == true { servicesByID[key.node]?[key.id] = nil }
    if servicesByID[key.node]?.isEmpty == true { servicesByID[key.node] = nil }
  }

  mutating func put(_ node: Node) {
    note(.node(node.name), old: nodes[node.name]?.checks ?? [], new: node.checks)
    nodes[node.name] = node
  }

  mutating func removeNode(_ name: String) {
    note(.node(name), old: nodes[name]?.checks ?? [], new: [])
    nodes[name] = nil
  }

  private mutating func note(_ owner: CheckOwner, old: [HealthCheck], new: [HealthCheck]) {
    guard old.map(\.id) != new.map(\.id) else { return }
    let node = owner.node
    for check in old {
      checkOwners[node]?[check.id]?.remove(owner)
      if checkOwners[node]?[check.id]?.isEmpty == true { checkOwners[node]?[check.id] = nil }
    }
    for check in new { checkOwners[node, default: [:]][check.id, default: []].insert(owner) }
    if checkOwners[node]?.isEmpty == true { checkOwners[node] = nil }
  }

  private static func update<R>(_ records: inout [InstanceRecord], _ body: (inout [InstanceRecord]) -> R) -> R
  {
    body(&records)
  }

  /// Where the key is, or would be.
  private static func position(of key: InstanceKey, in records: [InstanceRecord]) -> Int {
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if records[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
