import WeftDiscovery
import WeftProtobuf

/// Which kind of thing a store keeps. The numbers are in its files.
public enum StoreDomain: Int, Sendable, Hashable, CaseIterable {
  case instance = 0
  case node = 1
  case keyValue = 2
  case session = 3
  case access = 4
}

/// A change as a store sees it: it need not know what it keeps.
public struct StoredChange: Sendable, Hashable {
  public var domain: StoreDomain
  /// Unique within the domain.
  public var key: String
  /// Nil when the thing went.
  public var record: [UInt8]?

  public init(domain: StoreDomain, key: String, record: [UInt8]?) {
    self.domain = domain
    self.key = key
    self.record = record
  }
}

extension RegistryChange {
  public func stored() throws -> StoredChange {
    switch self {
    case .instance(.put(let record)):
      StoredChange(
        domain: .instance, key: record.key.stored, record: try record.instance.message.serialized())
    case .instance(.removed(let key)): StoredChange(domain: .instance, key: key.stored, record: nil)
    case .node(.put(let node)):
      StoredChange(domain: .node, key: node.name, record: try node.message.serialized())
    case .node(.removed(let name)): StoredChange(domain: .node, key: name, record: nil)
    case .keyValue(let change): try change.stored()
    case .session(let change): try change.stored()
    case .access(let change): try change.stored()
    }
  }

  /// - Parameter revision: at which it was written.
  /// - Throws: when the record is damaged.
  public init(_ stored: StoredChange, revision: UInt64) throws {
    switch stored.domain {
    case .instance:
      guard let bytes = stored.record else {
        self = .instance(.removed(try InstanceKey(stored: stored.key)))
        return
      }
      var message = try Weft_Registry_V1_Instance(serialized: bytes)
      // Releases that did not keep these.
      if message.createdRevision == 0 { message.createdRevision = revision }
      if message.addedRevision == 0 { message.addedRevision = revision }
      if message.modifiedRevision == 0 { message.modifiedRevision = revision }
      self = .instance(.put(InstanceRecord(ServiceInstance(message))))
    case .node:
      guard let bytes = stored.record else {
        self = .node(.removed(stored.key))
        return
      }
      self = .node(.put(Node(try Weft_Registry_V1_Node(serialized: bytes))))
    case .keyValue:
      self = .keyValue(try KeyValueChange(key: stored.key, record: stored.record, revision: revision))
    case .session:
      self = .session(try SessionChange(key: stored.key, record: stored.record, revision: revision))
    case .access:
      self = .access(try AccessChange(key: stored.key, record: stored.record, revision: revision))
    }
  }
}

extension InstanceKey {
  /// In no name and no id.
  static let separator: Character = "\u{1F}"

  fileprivate var stored: String {
    "\(service)\(Self.separator)\(id)\(Self.separator)\(node)"
  }

  fileprivate init(stored: String) throws {
    let parts = stored.split(separator: Self.separator, omittingEmptySubsequences: false)
    guard parts.count == 3 else {
      throw StoreError(.corrupt, "is damaged: \(stored) is the key of no instance")
    }
    self.init(service: String(parts[0]), id: String(parts[1]), node: String(parts[2]))
  }
}
