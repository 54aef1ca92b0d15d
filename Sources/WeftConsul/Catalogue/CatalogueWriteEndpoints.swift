import WeftDiscovery
import WeftRegistry

/// `/v1/catalog/register` and `deregister`: nodes and services that others look after.
struct CatalogueWriteEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .put("/v1/catalog/register") { [context] in try await Self.register(context, $0) },
      .put("/v1/catalog/deregister") { [context] in try await Self.deregister(context, $0) },
    ]
  }

  private static func register(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    let body = try request.object()
    try body.allowOnly(.registration)
    try checkDatacenter(body, context)
    let name = try body.string("Node") ?? ""
    if name.isEmpty { throw ConsulError.badRequest("Must provide node") }
    var operations: [CatalogueOperation] = []
    if let node = try node(body, name: name, context) {
      try request.require(.node(name, .write))
      operations.append(.putNode(node))
    }
    var registered: ServiceInstance?
    if let service = try body.object("Service") {
      var instance = try instance(service, node: name)
      instance.namespace = try request.namespace(of: service)
      try request.require(.service(instance.qualifiedService, .write))
      operations += moves(to: instance, context)
      operations.append(.register(instance, replacingChecks: false))
      registered = instance
    }
    var checks = try body.objects("Checks")
    if let check = try body.object("Check") { checks.append(check) }
    for body in checks {
      let (owner, check) = try check(body, node: name, registered, context, request)
      try request.require(changing: owner)
      operations.append(.putCheck(check, owner))
    }
    _ = try await context.registry.commit(operations, by: request.actor)
    return .json(true)
  }

  /// The node as it is to be; nil when it is to stay as it is.
  private static func node(
    _ body: BodyObject, name: String, _ context: ConsulContext
  ) throws(ConsulError) -> Node? {
    let address = try body.string("Address") ?? ""
    let isSkipped = try body.bool("SkipNodeUpdate") ?? false
    if address.isEmpty, !isSkipped { throw .badRequest("Must provide address if SkipNodeUpdate is not set") }
    let id = try body.string("ID") ?? ""
    if !id.isEmpty, !UUIDText.isValid(id) {
      throw .badRequest("Bad node ID: \"\(id.prefix(64))\" is no UUID")
    }
    let old = context.registry.node(name)
    if isSkipped, old != nil { return nil }
    var node = old ?? Node(name: name, address: address)
    node.address = address
    if !id.isEmpty { node.id = id }
    node.metadata = try body.stringMap("NodeMeta") ?? [:]
    if let reason = ServiceBody.complaint(about: node.metadata) {
      throw .badRequest("Invalid Node Meta: \(reason)")
    }
    node.taggedAddresses = try body.stringMap("TaggedAddresses") ?? [:]
    return node
  }

  private static func instance(_ service: BodyObject, node: String) throws(ConsulError) -> ServiceInstance {
    let name = try service.string("Service") ?? ""
    if name.isEmpty {
      throw .badRequest(
        (try service.string("ID") ?? "").isEmpty
          ? "Must provide service name" : "Must provide service name with ID")
    }
    return try ServiceBody.instance(service, nameField: "Service", node: node)
  }

  /// An ID of a node stands for one service: under another name it moves there.
  private static func moves(to instance: ServiceInstance, _ context: ConsulContext) -> [CatalogueOperation] {
    context.registry.instances(id: instance.id, node: instance.node)
      .filter { $0.key != instance.key && $0.namespace == instance.namespace && $0.lease == nil }
      .map { .deregister($0.key) }
  }

  private static func check(
    _ body: BodyObject, node: String, _ registered: ServiceInstance?, _ context: ConsulContext,
    _ request: ConsulRequest
  ) throws(ConsulError) -> (CheckOwner, HealthCheck) {
    try body.allowOnly(.check)
    let serviceID = try body.string("ServiceID") ?? ""
    let name = try body.string("Name") ?? ""
    let id = try body.string("CheckID") ?? ""
    let owner: CheckOwner
    if serviceID.isEmpty {
      owner = .node(node)
    } else if let registered, registered.id == serviceID {
      owner = .instance(registered.key)
    } else if let instance = context.registry.instances(id: serviceID, node: node).first(where: {
      $0.isIn(request)
    }) {
      owner = .instance(instance.key)
    } else {
      throw .badRequest("failed inserting check: Missing service registration on node \"\(node)\"")
    }
    let text = try body.string("Status") ?? ""
    let status = HealthStatus(rawValue: text)
    guard let status = text.isEmpty ? .critical : status else {
      throw .badRequest("Status for checks must 'passing', 'warning', 'critical'")
    }
    let check = HealthCheck(
      id: id.isEmpty ? name : id, name: name, notes: try body.string("Notes") ?? "",
      state: CheckState(status: status, output: try body.string("Output") ?? ""))
    if check.id.isEmpty { throw .badRequest("Must provide a check's CheckID or Name") }
    return (owner, check)
  }

  private static func deregister(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    let body = try request.object()
    try body.allowOnly(.deregistration)
    try checkDatacenter(body, context)
    let node = try body.string("Node") ?? ""
    if node.isEmpty { throw ConsulError.badRequest("Must provide node") }
    let serviceID = try body.string("ServiceID") ?? ""
    let checkID = try body.string("CheckID") ?? ""
    var operations: [CatalogueOperation] = []
    if !serviceID.isEmpty {
      let instances = context.registry.instances(id: serviceID, node: node).filter { $0.isIn(request) }
      for instance in instances { try request.require(.service(instance.qualifiedService, .write)) }
      operations = instances.map { .deregister($0.key) }
    } else if !checkID.isEmpty {
      operations = owners(of: checkID, on: node, context).map {
        .removeCheck(CheckKey(owner: $0, id: checkID))
      }
    } else if context.registry.node(node) != nil {
      try request.require(.node(node, .write))
      operations = [.removeNode(node)]
    }
    if !operations.isEmpty { _ = try await context.registry.commit(operations, by: request.actor) }
    return .json(true)
  }

  private static func owners(of check: String, on node: String, _ context: ConsulContext) -> [CheckOwner] {
    var owners: [CheckOwner] = []
    if context.registry.node(node)?.checks.contains(where: { $0.id == check }) == true {
      owners.append(.node(node))
    }
    for instance in context.registry.instances(onNode: node)
    where instance.checks.contains(where: { $0.id == check }) {
      owners.append(.instance(instance.key))
    }
    return owners
  }

  private static func checkDatacenter(_ body: BodyObject, _ context: ConsulContext) throws(ConsulError) {
    let datacenter = try body.string("Datacenter") ?? ""
    if !datacenter.isEmpty, datacenter != context.datacenter { throw .otherDatacenter }
  }
}
