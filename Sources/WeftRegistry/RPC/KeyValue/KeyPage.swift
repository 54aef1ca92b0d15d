import WeftDiscovery

/// One answer to a list of keys, small enough for a message.
struct KeyPage {
  let request: Weft_Registry_V1_ListKeysRequest
  let registry: Registry
  let isReadable: (String) -> Bool

  init(
    _ request: Weft_Registry_V1_ListKeysRequest, registry: Registry,
    where isReadable: @escaping (String) -> Bool
  ) {
    self.request = request
    self.registry = registry
    self.isReadable = isReadable
  }

  func response() -> Weft_Registry_V1_ListKeysResponse {
    var response = Weft_Registry_V1_ListKeysResponse()
    let limit = request.limit == 0 ? Int.max : Int(request.limit)
    var bytes = 0
    let (index, records) = registry.keyRecords(prefix: request.prefix, after: request.afterKey)
    response.revision = index
    let skipped = request.prefix.utf8.count
    for record in records where isReadable(record.entry.key) {
      let name = request.namesOnly ? record.entry.key.cut(after: request.separator, from: skipped) : ""
      if request.namesOnly {
        // Those that come after a cut name and begin with it were told with it, also by the page before.
        if let last = response.names.last, last.utf8.elementsEqual(name.utf8) { continue }
        if request.afterKey.utf8.elementsEqual(name.utf8) { continue }
      }
      bytes += request.namesOnly ? 16 + name.utf8.count : record.cost
      let count = response.names.count + response.entries.count
      if count >= limit || (bytes > registry.configuration.limits.watchMessageBytes && count > 0) {
        response.more = true
        break
      }
      if request.namesOnly {
        response.names.append(name)
      } else {
        response.entries.append(record.entry.message)
      }
    }
    return response
  }
}

extension Registry {
  /// The records that begin with `prefix` and come after a key.
  func keyRecords(prefix: String, after key: String) -> (index: UInt64, records: [KeyValueRecord]) {
    let (index, records) = state.withLock {
      ($0.core.keyValue.index(prefix: prefix), $0.core.keyValue.records(prefix: prefix, after: key))
    }
    return (index, records)
  }
}
