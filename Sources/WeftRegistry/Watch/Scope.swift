import WeftDiscovery

/// A part of what the registry keeps that somebody can wait for changes of.
public enum Scope: Sendable, Hashable {
  /// Which services there are, and their tags.
  case services
  /// The instances of one service, by its qualified name, with their checks and those of their nodes.
  case service(String)
  case nodes
  /// A node, its instances, and the checks of both.
  case node(String)
  /// Every check.
  case checks
  /// The checks with this status: which they are, and what is known of them.
  case checksInState(HealthStatus)
  case keyValues
  case kvKey(String)
  /// The keys that begin so.
  case kvPrefix(String)
  case sessions
  case session(String)
  /// The sessions of a node.
  case nodeSessions(String)
  /// Tokens, policies and roles.
  case access
  case everything
}

extension Scope {
  /// What a change of an instance touches.
  static func insert(
    touchedBy key: InstanceKey, old: ServiceInstance?, new: ServiceInstance?, into scopes: inout Set<Scope>
  ) {
    scopes.insert(.service(key.service))
    scopes.insert(.node(key.node))
    if old == nil || new == nil || old?.tags != new?.tags { scopes.insert(.services) }
    insert(old: old?.checks ?? [], new: new?.checks ?? [], into: &scopes)
    if old?.maintenance != new?.maintenance { scopes.formUnion([.checks, .checksInState(.critical)]) }
  }

  static func insert(touchedByNode name: String, old: Node?, new: Node?, into scopes: inout Set<Scope>) {
    scopes.formUnion([.nodes, .node(name)])
    insert(old: old?.checks ?? [], new: new?.checks ?? [], into: &scopes)
    if old?.maintenance != new?.maintenance { scopes.formUnion([.checks, .checksInState(.critical)]) }
  }

  private static func insert(old: [HealthCheck], new: [HealthCheck], into scopes: inout Set<Scope>) {
    guard old != new else { return }
    scopes.insert(.checks)
    // A check that changed leaves the state it had and enters the one it has.
    for check in old where !new.contains(check) { scopes.insert(.checksInState(check.state.status)) }
    for check in new where !old.contains(check) { scopes.insert(.checksInState(check.state.status)) }
  }
}
