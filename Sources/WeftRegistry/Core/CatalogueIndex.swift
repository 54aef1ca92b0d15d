import WeftDiscovery

/// All registered instances, by service and sorted by id.
struct CatalogueIndex {
  private(set) var services: [String: [InstanceRecord]] = [:]
  private(set) var count = 0

  subscript(key: InstanceKey) -> InstanceRecord? {
    guard let records = services[key.service] else { return nil }
    let index = Self.position(of: key.id, in: records)
    return index < records.count && records[index].instance.id == key.id ? records[index] : nil
  }

  func records(of service: String) -> [InstanceRecord] {
    services[service] ?? []
  }

  /// Every record, by service and id.
  func allRecords() -> [InstanceRecord] {
    services.keys.sorted().flatMap { records(of: $0) }
  }

  mutating func put(_ record: InstanceRecord) {
    let id = record.instance.id
    let added = Self.update(&services[record.instance.service, default: []]) { records in
      let index = Self.position(of: id, in: records)
      if index < records.count, records[index].instance.id == id {
        records[index] = record
        return false
      }
      records.insert(record, at: index)
      return true
    }
    if added { count += 1 }
  }

  mutating func remove(_ key: InstanceKey) {
    guard services[key.service] != nil else { return }
    let (removed, isEmpty) = Self.update(&services[key.service, default: []]) { records in
      let index = Self.position(of: key.id, in: records)
      guard index < records.count, records[index].instance.id == key.id else {
        return (false, records.isEmpty)
      }
      records.remove(at: index)
      return (true, records.isEmpty)
    }
    if removed { count -= 1 }
    if isEmpty { services[key.service] = nil }
  }

  private static func update<R>(_ records: inout [InstanceRecord], _ body: (inout [InstanceRecord]) -> R) -> R
  {
    body(&records)
  }

  /// Where `id` is, or would be.
  private static func position(of id: String, in records: [InstanceRecord]) -> Int {
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if records[middle].instance.id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
