import WeftDiscovery

/// A change of one thing that the registry keeps, whatever kind of thing it is.
public enum RegistryChange: Sendable, Hashable {
  case instance(InstanceChange)
  case node(NodeChange)
  case keyValue(KeyValueChange)
  case session(SessionChange)
  case access(AccessChange)

  /// Roughly the bytes it takes in memory.
  var cost: Int {
    switch self {
    case .instance(.put(let record)): record.cost
    case .node(.put(let node)): node.cost
    case .keyValue(let change): change.cost
    case .session(let change): change.cost
    case .access(let change): change.cost
    case .instance(.removed), .node(.removed): 96
    }
  }
}

public enum InstanceChange: Sendable, Hashable {
  /// The instance came or changed; this is how it is now.
  case put(InstanceRecord)
  case removed(InstanceKey)

  public var key: InstanceKey {
    switch self {
    case .put(let record): record.key
    case .removed(let key): key
    }
  }
}

public enum NodeChange: Sendable, Hashable {
  /// The node came or changed; this is how it is now.
  case put(Node)
  case removed(String)
}

/// What one command changed: all of it became visible at once, under one revision.
public struct LoggedRevision: Sendable, Hashable {
  public var revision: UInt64
  /// Never two of the same thing.
  public var changes: [RegistryChange]

  public init(revision: UInt64, changes: [RegistryChange]) {
    self.revision = revision
    self.changes = changes
  }

  var cost: Int { changes.reduce(32) { $0 + $1.cost } }

  /// The changes of instances, of one service or of all, as watchers are told of them.
  func catalogueChanges(of service: String?) -> [CatalogueChange] {
    var result: [CatalogueChange] = []
    for case .instance(let change) in changes {
      switch change {
      case .put(let record) where service == nil || service == record.key.service:
        result.append(CatalogueChange(revision: revision, kind: .put(record.instance)))
      case .removed(let key) where service == nil || service == key.service:
        result.append(CatalogueChange(revision: revision, kind: .removed(key)))
      default: break
      }
    }
    return result
  }
}
