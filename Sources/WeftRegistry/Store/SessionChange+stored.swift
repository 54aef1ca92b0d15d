import WeftDiscovery
import WeftProtobuf

extension SessionChange {
  /// Before the keys of delays. Sessions' own keys are UUIDs.
  private static let delay = "delay/"

  func stored() throws -> StoredChange {
    switch self {
    case .put(let session):
      return StoredChange(domain: .session, key: session.id, record: try session.message.serialized())
    case .removed(let id): return StoredChange(domain: .session, key: id, record: nil)
    case .delayed(let delay):
      let times = "\(delay.duration.milliseconds) \(delay.until.milliseconds)"
      return StoredChange(domain: .session, key: Self.delay + delay.key, record: Array(times.utf8))
    case .undelayed(let key): return StoredChange(domain: .session, key: Self.delay + key, record: nil)
    }
  }

  init(key: String, record: [UInt8]?, revision: UInt64) throws {
    if key.hasPrefix(Self.delay) {
      let name = String(key.dropFirst(Self.delay.count))
      self = try record.map { .delayed(try Self.delay(of: name, $0)) } ?? .undelayed(name)
    } else {
      self = try record.map { .put(Session(try Weft_Registry_V1_Session(serialized: $0))) } ?? .removed(key)
    }
  }

  private static func delay(of key: String, _ record: [UInt8]) throws -> LockDelay {
    let times = String(decoding: record, as: UTF8.self).split(separator: " ").compactMap { Int64($0) }
    guard times.count == 2 else { throw StoreError(.corrupt, "is damaged: the lock delay of a key") }
    return LockDelay(key: key, duration: .milliseconds(times[0]), until: .milliseconds(times[1]))
  }
}
