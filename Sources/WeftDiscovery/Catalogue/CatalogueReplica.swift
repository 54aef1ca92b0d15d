/// A copy of the catalogue, or of one service of it, that the messages of a watch keep up to date.
///
/// It believes nothing: a message that does not continue exactly where the last one ended is a fault, and the
/// copy then starts over with a snapshot rather than be wrong.
public struct CatalogueReplica: Sendable {
  /// A watch that lost, repeated or mixed up something.
  public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
  }

  /// Where a new watch goes on.
  public private(set) var position: WatchPosition
  /// By service name, each sorted by id and node.
  public private(set) var services: [String: [ServiceInstance]] = [:]
  /// The beginning of a snapshot whose end has not come yet.
  private var partial: [ServiceInstance]?

  public init() {
    position = .start
  }

  public var snapshot: CatalogueSnapshot {
    CatalogueSnapshot(revision: position.revision, services: services)
  }

  /// Keeps what is known, but asks for a snapshot next time.
  public mutating func distrust() {
    position = .start
    partial = nil
  }

  /// A new watch begins; half a snapshot from the old one is worth nothing.
  public mutating func reconnect() {
    partial = nil
  }

  /// Takes in one message. Returns whether ``services`` changed.
  public mutating func apply(_ update: WatchUpdate) throws(Fault) -> Bool {
    if let piece = update.snapshot { return try apply(snapshot: piece, of: update) }
    guard partial == nil else { throw Fault(description: "a snapshot broke off") }
    guard update.position.history == position.history else {
      throw Fault(
        description:
          "the history became \(update.position.history) without a snapshot; it was \(position.history)")
    }
    guard update.after == position.revision else {
      throw Fault(description: "changes after \(update.after) came at \(position.revision)")
    }
    let last = try checkOrder(of: update)
    guard update.position.revision >= last else {
      throw Fault(description: "revision \(update.position.revision) came after \(last)")
    }
    for change in update.changes { apply(change) }
    position = update.position
    return !update.changes.isEmpty
  }

  /// Returns the last revision. One revision may change several instances, but none of them twice.
  private func checkOrder(of update: WatchUpdate) throws(Fault) -> UInt64 {
    var last = update.after
    var changed: Set<InstanceKey> = []
    for change in update.changes {
      if change.revision > last {
        changed = [change.key]
      } else if change.revision < last || last == update.after || !changed.insert(change.key).inserted {
        throw Fault(description: "revision \(change.revision) came after \(last)")
      }
      last = change.revision
    }
    return last
  }

  private mutating func apply(snapshot piece: [ServiceInstance], of update: WatchUpdate) throws(Fault) -> Bool
  {
    guard update.changes.isEmpty else { throw Fault(description: "a snapshot came together with changes") }
    let instances = (partial ?? []) + piece
    if update.snapshotContinues {
      partial = instances
      return false
    }
    partial = nil
    services = Dictionary(grouping: instances, by: \.qualifiedService).mapValues {
      $0.sorted { $0.key < $1.key }
    }
    position = update.position
    return true
  }

  private mutating func apply(_ change: CatalogueChange) {
    let key = change.key
    var instances = services.removeValue(forKey: key.service) ?? []
    let index = instances.firstIndex { $0.key >= key } ?? instances.endIndex
    let isKnown = index < instances.count && instances[index].key == key
    switch change.kind {
    case .put(let instance):
      if isKnown { instances[index] = instance } else { instances.insert(instance, at: index) }
    case .removed:
      if isKnown { instances.remove(at: index) }
    }
    if !instances.isEmpty { services[key.service] = instances }
  }
}
