import WeftDiscovery
import WeftProtobuf

extension KeyValueChange {
  func stored() throws -> StoredChange {
    switch self {
    case .put(let record):
      StoredChange(
        domain: .keyValue, key: record.entry.key, record: try record.entry.message.serialized())
    case .removed(let key): StoredChange(domain: .keyValue, key: key, record: nil)
    }
  }

  init(key: String, record: [UInt8]?, revision: UInt64) throws {
    guard let record else {
      self = .removed(key)
      return
    }
    self = .put(KeyValueRecord(KeyValueEntry(try Weft_Registry_V1_KeyValue(serialized: record))))
  }
}
