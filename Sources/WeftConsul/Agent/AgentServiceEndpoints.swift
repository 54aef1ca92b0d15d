import WeftDiscovery
import WeftProtobuf
import WeftRegistry

/// `/v1/agent/service`: what runs on the registry's own node, where everybody registers who has no agent.
struct AgentServiceEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .get("/v1/agent/services") { [context] in try Self.list(context, $0) },
      .get("/v1/agent/service/") { [context] in try await Self.one(context, $0) },
      .put("/v1/agent/service/register") { [context] in try await Self.register(context, $0) },
      .put("/v1/agent/service/deregister/") { [context] in try await Self.deregister(context, $0) },
      .put("/v1/agent/service/maintenance/") { [context] in try await Self.maintenance(context, $0) },
      .put("/v1/agent/maintenance") { [context] in try await Self.nodeMaintenance(context, $0) },
    ]
  }

  private static func list(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    let filter = try ServiceInstance.schema.filter(request.query.text("filter"))
    let instances = context.localInstances(for: request).filter {
      request.allows(.service($0.qualifiedService, .read)) && (filter?($0) ?? true)
    }
    try filter?.finish()
    return .json { output in
      output.beginObject()
      for instance in instances {
        output.key(instance.id)
        instance.writeLocal(to: &output, context.datacenter)
      }
      output.endObject()
    }
  }

  /// One instance, with a digest of it for which a client can wait to change.
  private static func one(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let id = request.name
    let options = try ReadOptions(request.query)
    let known = request.query.text("hash")
    let deadline = ContinuousClock.now + options.jitteredWait
    while true {
      guard let instance = context.localInstance(id, for: request) else {
        throw ConsulError.notFound("unknown service ID: \(id)")
      }
      try request.require(.service(instance.qualifiedService, .read))
      let index = context.registry.index(for: .service(instance.qualifiedService))
      var output = JSONOutput(escaping: .markup)
      instance.writeLocal(to: &output, context.datacenter)
      let hash = ContentHash.of(output.bytes)
      let rest = deadline - .now
      if known != hash || rest <= .zero {
        return .json { instance.writeLocal(to: &$0, context.datacenter, contentHash: hash) }.with(
          "x-consul-contenthash", hash)
      }
      _ = await context.registry.wait(for: .service(instance.qualifiedService), after: index, timeout: rest)
      try Task.checkCancellation()
    }
  }

  private static func register(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    let body = try request.object()
    var instance = try ServiceBody.instance(body, nameField: "Name", node: Node.registryName)
    instance.namespace = try request.namespace(of: body)
    guard request.allows(.service(instance.qualifiedService, .write)) else {
      throw ConsulError(403, "Permission denied: Missing service:write on \(instance.qualifiedService)")
    }
    ServiceBody.addAddressFamilies(to: &instance)
    var bodies = try body.objects("Checks")
    if let check = try body.object("Check"), !check.isEmpty { bodies.insert(check, at: 0) }
    for (number, body) in bodies.enumerated() {
      let id = "service:\(instance.id)" + (bodies.count > 1 ? ":\(number + 1)" : "")
      instance.checks.append(
        try CheckBody(body).check(id: id, name: "Service '\(instance.service)' check", node: instance.node))
    }
    // An ID stands for one service: under another name it moves there.
    let moved = context.registry.instances(id: instance.id).filter {
      $0.key != instance.key && $0.namespace == instance.namespace && $0.lease == nil
    }
    for old in moved { try request.require(.service(old.qualifiedService, .write)) }
    var operations = moved.map { CatalogueOperation.deregister($0.key) }
    operations.append(
      .register(instance, replacingChecks: try request.query.flag("replace-existing-checks")))
    _ = try await context.registry.commit(operations, by: request.actor)
    return .empty
  }

  private static func deregister(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    guard !request.name.isEmpty else { throw ConsulError.badRequest("ServiceID missing") }
    let id = request.name
    let instances = context.registry.instances(id: id).filter { $0.isIn(request) }
    for instance in instances { try request.require(.service(instance.qualifiedService, .write)) }
    if !instances.isEmpty {
      _ = try await context.registry.commit(instances.map { .deregister($0.key) }, by: request.actor)
    }
    return .empty
  }

  private static func maintenance(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    let id = try request.requiredName("service ID")
    let reason = try wantedMaintenance(request, "service")
    guard let instance = context.localInstance(id, for: request) else {
      throw ConsulError.notFound("No service registered with ID \"\(id)\"")
    }
    try request.require(.service(instance.qualifiedService, .write))
    _ = try await context.registry.setMaintenance(reason, of: .instance(instance.key), by: request.actor)
    return .empty
  }

  private static func nodeMaintenance(
    _ context: ConsulContext, _ request: ConsulRequest
  ) async throws -> ConsulAnswer {
    let reason = try wantedMaintenance(request, "node")
    try request.require(.node(Node.registryName, .write))
    _ = try await context.registry.setMaintenance(reason, of: .node(Node.registryName), by: request.actor)
    return .empty
  }

  /// The reason for the maintenance that a request begins; nil when it ends one.
  private static func wantedMaintenance(_ request: ConsulRequest, _ what: String) throws(ConsulError)
    -> String?
  {
    guard request.query.has("enable") else { throw .badRequest("Missing value for enable") }
    let text = request.query.values("enable").first ?? ""
    guard let isEnabled = text.isEmpty ? true : QueryParameters.boolean(text) else {
      throw .badRequest("Invalid value for enable: \"\(text.prefix(64))\"")
    }
    guard isEnabled else { return nil }
    return request.query.text("reason")
      ?? "Maintenance mode is enabled for this \(what), but no reason was provided. This is a default message."
  }
}

extension ConsulContext {
  /// The instances on the registry's own node, by id.
  func localInstances(for request: ConsulRequest) -> [ServiceInstance] {
    registry.instances(onNode: Node.registryName).filter { $0.isIn(request) }.sorted { $0.id < $1.id }
  }

  func localInstance(_ id: String, for request: ConsulRequest) -> ServiceInstance? {
    registry.instances(id: id).first { $0.isIn(request) }
  }
}

/// A digest that tells two contents apart: FNV-1a, as 16 hexadecimal digits.
enum ContentHash {
  static func of(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
