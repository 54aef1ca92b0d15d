import WeftDiscovery

/// One thing to do in a transaction: with a key, with the catalogue, or with a session.
public enum TransactionOperation: Sendable, Hashable {
  case keyValue(KeyValueOperation)
  /// Changes the catalogue. With `ifRevision` only when the node, instance or check that it is about last changed
  /// then; 0: when there is none.
  case change(CatalogueOperation, ifRevision: UInt64? = nil)
  /// Reads something that must be there.
  case read(CatalogueItem)
  case endSession(String)

  var isWrite: Bool {
    switch self {
    case .keyValue(let operation): operation.isWrite
    case .change, .endSession: true
    case .read: false
    }
  }

  var cost: Int {
    switch self {
    case .keyValue(let operation): operation.cost
    case .change(let operation, _): operation.cost
    case .read, .endSession: 128
    }
  }
}

/// A thing in the catalogue.
public enum CatalogueItem: Sendable, Hashable {
  case node(String)
  case instance(InstanceKey)
  case check(CheckKey)
}

extension CatalogueItem: CustomStringConvertible {
  /// As an answer names it.
  public var description: String {
    let text = FieldCheck(field: "")
    return switch self {
    case .node(let name): "node \(text.quoted(name))"
    case .instance(let key): "service \(text.quoted(key.id)) on node \(text.quoted(key.node))"
    case .check(let key): "check \(text.quoted(key.id))"
    }
  }
}

/// What an operation of a transaction read, or wrote.
public enum TransactionResult: Sendable, Hashable {
  /// Without its value where it was written or checked.
  case keyValue(KeyValueEntry)
  case node(Node)
  case instance(ServiceInstance)
  case check(CheckOwner, HealthCheck)
}

/// What came of a transaction.
public struct TransactionOutcome: Sendable, Hashable {
  /// Why an operation stood in the way.
  public struct Failure: Sendable, Hashable {
    /// Its place among the operations, from 0.
    public var operation: Int
    public var reason: String
  }

  /// In the order of the operations. Empty when it failed.
  public var results: [TransactionResult] = []
  /// Not empty: nothing was done.
  public var failures: [Failure] = []
  /// The revision it led to; when nothing changed, that of the registry then.
  public var revision: UInt64 = 0

  public var isDone: Bool { failures.isEmpty }
}
