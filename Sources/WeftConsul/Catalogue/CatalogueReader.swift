import WeftDiscovery
import WeftRegistry

/// The catalogue as the API shows it: the services of one namespace.
extension ConsulContext {
  /// The instances of a service, with their nodes.
  func views(of service: String, for request: ConsulRequest) -> [ServiceView] {
    guard !service.contains("/") else { return [] }
    var views = registry.health(of: request.qualified(service)).instances
      .map { ServiceView($0.instance, on: $0.node) }
    if service == Self.consulService, request.isDefaultNamespace, views.isEmpty {
      views = [ServiceView(consulInstance, on: ownNode)]
    }
    return views
  }

  /// Every instance with its node.
  func allViews(for request: ConsulRequest) -> [ServiceView] {
    let nodes = Dictionary(registry.nodes().nodes.map { ($0.name, $0) }) { first, _ in first }
    let instances = registry.allInstances().instances.filter { $0.isIn(request) }
    var views = instances.map { ServiceView($0, on: nodes[$0.node] ?? Node(name: $0.node, address: "")) }
    if request.isDefaultNamespace, !instances.contains(where: { $0.service == Self.consulService }) {
      views.append(ServiceView(consulInstance, on: ownNode))
    }
    return views
  }

  /// The instances on a node.
  func instances(on node: Node, for request: ConsulRequest) -> [ServiceInstance] {
    let instances = registry.instances(onNode: node.name).filter { $0.isIn(request) }
    guard request.isDefaultNamespace, node.name == Node.registryName,
      !instances.contains(where: { $0.id == Self.consulService })
    else {
      return instances
    }
    return [consulInstance] + instances
  }

  /// Every check, with what it belongs to.
  func allChecks(for request: ConsulRequest) -> [(check: CheckView, node: Node)] {
    let nodes = registry.nodes().nodes
    var checks = nodes.flatMap { node in CheckView.all(of: node).map { ($0, node.asShown) } }
    let byName = Dictionary(nodes.map { ($0.name, $0.asShown) }) { first, _ in first }
    for instance in registry.allInstances().instances where instance.isIn(request) {
      let node = byName[instance.node] ?? Node(name: instance.node, address: "")
      checks += CheckView.all(of: instance).map { ($0, node) }
    }
    return checks
  }

  static let consulService = "consul"

  /// Consul's servers are a service of their own catalogue, and clients look there to see whether it works.
  private var consulInstance: ServiceInstance {
    var instance = ServiceInstance(
      service: Self.consulService, id: Self.consulService, address: "", port: ConsulSettings.serverPort,
      metadata: [
        "non_voter": "false", "raft_version": "3", "serf_protocol_current": "2", "serf_protocol_max": "5",
        "serf_protocol_min": "1", "version": ConsulSettings.version,
      ], lease: nil)
    instance.addedRevision = ownNode.addedRevision
    instance.modifiedRevision = instance.addedRevision
    return instance
  }
}

extension ServiceInstance {
  /// Whether it has all of the tags. Consul does not tell upper from lower case here.
  func hasTags(_ wanted: [String]) -> Bool {
    wanted.allSatisfy { wanted in
      tags.contains { $0 == wanted || $0.lowercased() == wanted.lowercased() }
    }
  }
}

extension ConsulRequest {
  func canSee(_ view: ServiceView) -> Bool {
    allows(.service(view.instance.qualifiedService, .read)) && allows(.node(view.node.name, .read))
  }

  func canSee(_ check: CheckView) -> Bool {
    allows(.node(check.node, .read))
      && (check.serviceName.isEmpty || allows(.service(qualified(check.serviceName), .read)))
  }
}

extension [ServiceView] {
  /// Those that a request for one service asks for, in the order that it asks for.
  func chosen(by request: ConsulRequest, _ options: ReadOptions, _ filter: Filter<ServiceView>?)
    -> [ServiceView]
  {
    // Other clusters are not peers of this one, so that none of their instances are here.
    if request.query.text("peer") != nil { return [] }
    let tags = request.query.values("tag").filter { !$0.isEmpty }
    let chosen = self.filter { view in
      request.canSee(view) && view.instance.hasTags(tags) && view.node.has(options.nodeMeta)
        && (filter?(view) ?? true)
    }
    return chosen.nearFirst(options.near) { $0.node.name }
  }
}

extension Array {
  /// Those on the node `near` first. Between other nodes there is no distance: no coordinates are kept.
  func nearFirst(_ near: String?, node: (Element) -> String) -> [Element] {
    guard let near else { return self }
    let name = near == "_agent" ? Node.registryName : near
    return filter { node($0) == name } + filter { node($0) != name }
  }
}
