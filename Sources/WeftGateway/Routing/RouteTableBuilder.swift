import WeftProtobuf

/// Makes a ``RouteTable`` from the services that are registered.
///
/// When two services claim one route or one protobuf service, the one that had it in the table before keeps it;
/// among newcomers the one that has been in the registry for longest wins, and the name only settles a tie. So a
/// service that registers later can never take a route of the same shape away, not even by a restart of the gateway.
struct RouteTableBuilder {
  /// Paths that the gateway answers itself.
  static let reservedPaths: Set<String> = ["/health", "/metrics", "/debug/routes", "/api/v1/ai"]

  /// Routes that one service may have.
  static let maxRoutesPerService = 10_000
  /// Problems of one service that are kept, so that a hostile one does not fill the listing.
  static let maxProblemsPerService = 50

  private var problems: [RouteTable.Problem] = []
  private var known: Set<RouteTable.Problem> = []
  private var problemCounts: [String: Int] = [:]
  /// Which registered service has which protobuf service, by full name.
  private var protoOwners: [String: String] = [:]

  /// - Parameters:
  ///   - services: those with usable types.
  ///   - quarantined: those without, with the reason.
  ///   - previous: the table whose owners keep what they have.
  static func build(
    services: [ServiceTypes], quarantined: [String: String] = [:], previous: RouteTable = .empty
  ) -> RouteTable {
    var builder = RouteTableBuilder()
    return builder.build(services: services, quarantined: quarantined, previous: previous)
  }

  private mutating func build(
    services: [ServiceTypes], quarantined: [String: String], previous: RouteTable
  ) -> RouteTable {
    let services = services.sorted { ($0.since, $0.name) < ($1.since, $1.name) }
    let owners = previous.owners
    protoOwners = Self.protoOwners(services, previous: previous)
    for (service, reason) in quarantined.sorted(by: { $0.key < $1.key }) {
      note(.quarantine, service, "", reason)
    }
    var trie = RouteTrie<Route>()
    var routes: [Route] = []
    var candidates: [Route] = []
    for types in services {
      for set in [types] + types.older { candidates += requestedRoutes(of: set) }
    }
    // Owners first: a route is theirs before a newcomer is looked at.
    for isOwned in [true, false] {
      for route in candidates where (owners[route.key] == route.service) == isOwned {
        if let owner = trie.insert(route.template, method: route.verb, value: route) {
          // A method may be annotated with just the route that it has anyway.
          guard owner.method !== route.method else { continue }
          // What the newer types of a service say replaces what the older ones said.
          guard owner.service != route.service || owner.pool === route.pool else { continue }
          note(
            .conflict, route.service, "\(route.verb) \(route.template) -> \(route.method.fullName)",
            "the route belongs to \(owner.method.fullName) of service \"\(owner.service)\"")
        } else {
          routes.append(route)
        }
      }
    }
    routes.sort { ($0.template.text, $0.verb) < ($1.template.text, $1.verb) }
    let actions = Dictionary(
      services.map { ($0.name, ActionTable($0)) }, uniquingKeysWith: { first, _ in first })
    return RouteTable(trie: trie, routes: routes, actions: actions, problems: problems)
  }

  /// - Parameter services: the oldest first.
  private static func protoOwners(_ services: [ServiceTypes], previous: RouteTable) -> [String: String] {
    var before: [String: String] = [:]
    for route in previous.routes { before[route.method.service.fullName] = route.service }
    var owners: [String: String] = [:]
    for types in services {
      for name in ([types] + types.older).flatMap(\.services).map(\.fullName)
      where owners[name] == nil || before[name] == types.name {
        owners[name] = types.name
      }
    }
    return owners
  }

  /// The protobuf services of a registered service that no other has.
  private mutating func ownServices(of types: ServiceTypes) -> [ServiceDescriptor] {
    types.services.filter { service in
      guard let owner = protoOwners[service.fullName], owner != types.name else { return true }
      note(
        .conflict, types.name, service.fullName, "the protobuf service belongs to service \"\(owner)\"")
      return false
    }
  }

  /// The routes that a service asks for, annotated ones first.
  private mutating func requestedRoutes(of types: ServiceTypes) -> [Route] {
    var annotated: [Route] = []
    var direct: [Route] = []
    for name in types.missing {
      note(.badRoute, types.name, name, "the descriptor set does not have the service")
    }
    for method in ownServices(of: types).flatMap(\.methods) {
      guard annotated.count + direct.count < Self.maxRoutesPerService else {
        note(.badRoute, types.name, method.fullName, "more than \(Self.maxRoutesPerService) routes")
        break
      }
      for rule in method.httpRules {
        do throws(RouteError) {
          let route = try Route(service: types.name, rule: rule, method: method, pool: types.pool)
          if Self.reservedPaths.contains(route.template.shape) {
            note(
              .conflict, types.name, "\(rule.verb) \(rule.path) -> \(method.fullName)",
              "the path belongs to the gateway")
          } else {
            annotated.append(route)
          }
        } catch {
          note(.badRoute, types.name, method.fullName, error.reason)
        }
      }
      do throws(RouteError) {
        direct.append(try Route(unannotated: method, service: types.name, pool: types.pool))
      } catch {
        note(.badRoute, types.name, method.fullName, error.reason)
      }
    }
    return annotated + direct
  }

  private mutating func note(
    _ kind: RouteTable.Problem.Kind, _ service: String, _ subject: String, _ reason: String
  ) {
    let problem = RouteTable.Problem(kind: kind, service: service, subject: subject, reason: reason)
    let count = problemCounts[service, default: 0]
    // Several sets of one service may have the same one.
    guard count < Self.maxProblemsPerService, known.insert(problem).inserted else { return }
    problemCounts[service] = count + 1
    problems.append(problem)
  }
}
