/// All routes as of one moment. Immutable: a change in the registry makes a new one.
final class RouteTable: Sendable {
  /// Something that was registered and is not routed.
  struct Problem: Sendable, Hashable {
    enum Kind: String, Sendable {
      /// Another service, or the gateway itself, has the route.
      case conflict
      /// The annotation does not make sense.
      case badRoute = "bad_route"
      /// The descriptor set of the whole service cannot be used.
      case quarantine
    }

    let kind: Kind
    /// Name of the service in the registry.
    let service: String
    /// Method or route, empty for the whole service.
    let subject: String
    let reason: String
  }

  static let empty = RouteTable(trie: RouteTrie(), routes: [], actions: [:], problems: [])

  /// Ordered by path and verb.
  let routes: [Route]
  let problems: [Problem]
  private let trie: RouteTrie<Route>
  /// By name of the service in the registry.
  private let actions: [String: ActionTable]

  init(
    trie: RouteTrie<Route>, routes: [Route], actions: [String: ActionTable], problems: [Problem]
  ) {
    self.trie = trie
    self.routes = routes
    self.actions = actions
    self.problems = problems
  }

  func match(_ path: RequestPath, method: String) -> RouteTrie<Route>.Match {
    trie.match(path, method: method)
  }

  /// The methods of a service by the names that the envelope has for them.
  func actions(of service: String) -> ActionTable? { actions[service] }

  var serviceNames: [String] { actions.keys.sorted() }

  /// Which service has which route, so that the next table can leave routes with their owners.
  var owners: [RouteKey: String] {
    var owners: [RouteKey: String] = [:]
    for route in routes { owners[route.key] = route.service }
    return owners
  }

  /// Why a service that is registered has no routes.
  func quarantine(of service: String) -> Problem? {
    problems.first { $0.kind == .quarantine && $0.service == service }
  }
}
