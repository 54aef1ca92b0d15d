import WeftDiscovery
import WeftRegistry

/// `/v1/agent/check`: the checks of the registry's own node and of what runs there.
struct AgentCheckEndpoints {
  /// Of what a check says, so much is kept; Consul's agents keep as much.
  static let outputLimit = 4_096

  let context: ConsulContext

  var routes: [Route] {
    [
      .get("/v1/agent/checks") { [context] in try Self.list(context, $0) },
      .put("/v1/agent/check/register") { [context] in try await Self.register(context, $0) },
      .put("/v1/agent/check/deregister/") { [context] in try await Self.deregister(context, $0) },
      .put("/v1/agent/check/pass/") { [context] in try await Self.say(.passing, context, $0) },
      .put("/v1/agent/check/warn/") { [context] in try await Self.say(.warning, context, $0) },
      .put("/v1/agent/check/fail/") { [context] in try await Self.say(.critical, context, $0) },
      .put("/v1/agent/check/update/") { [context] in try await Self.update(context, $0) },
    ]
  }

  private static func list(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    let filter = try CheckView.schema.filter(request.query.text("filter"))
    let checks =
      CheckView.all(of: context.ownNode, isLocal: true)
      + context.localInstances(for: request).flatMap { CheckView.all(of: $0) }
    let chosen = checks.filter { request.canSee($0) && (filter?($0) ?? true) }
    try filter?.finish()
    return .json { output in
      output.beginObject()
      for check in chosen {
        output.key(check.id)
        check.write(to: &output, isLocal: true)
      }
      output.endObject()
    }
  }

  private static func register(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    let object = try request.object()
    if let text = try object.string("Status"), !text.isEmpty, HealthStatus(rawValue: text) == nil {
      throw ConsulError.badRequest("Bad check status")
    }
    let body = try CheckBody(object)
    if body.name.isEmpty { throw ConsulError.badRequest("Missing check name") }
    let check = try body.check(id: body.name, name: body.name, node: Node.registryName)
    var owner = CheckOwner.node(Node.registryName)
    if !body.serviceID.isEmpty {
      guard let instance = context.localInstance(body.serviceID, for: request) else {
        throw ConsulError.badRequest("ServiceID \"\(body.serviceID)\" does not exist")
      }
      owner = .instance(instance.key)
    }
    try request.require(changing: owner)
    // An ID stands for one check of the node, whoever it belonged to.
    var operations = [CatalogueOperation.putCheck(check, owner)]
    if let found = context.localCheck(check.id, for: request), found.key.owner != owner {
      operations.insert(.removeCheck(found.key), at: 0)
    }
    _ = try await context.registry.commit(operations, by: request.actor)
    return .empty
  }

  private static func deregister(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    let id = try request.requiredName("check ID")
    if let found = context.localCheck(id, for: request) {
      try request.require(changing: found.key.owner)
      _ = try await context.registry.removeCheck(found.key, by: request.actor)
    }
    return .empty
  }

  private static func say(
    _ status: HealthStatus, _ context: ConsulContext, _ request: ConsulRequest
  ) async throws -> ConsulAnswer {
    let id = try request.requiredName("check ID")
    try await say(status, request.query.text("note") ?? "", of: id, context, request)
    return .empty
  }

  private static func update(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    let body = try request.object()
    try body.allowOnly(.checkUpdate)
    let text = try body.string("Status") ?? ""
    guard let status = HealthStatus(rawValue: text) else {
      throw ConsulError.badRequest("Invalid check status: '\(text.prefix(64))'")
    }
    let output = try body.string("Output") ?? ""
    try await say(status, output, of: try request.requiredName("check ID"), context, request)
    return .empty
  }

  private static func say(
    _ status: HealthStatus, _ output: String, of id: String, _ context: ConsulContext,
    _ request: ConsulRequest
  ) async throws {
    guard let found = context.localCheck(id, for: request) else {
      throw ConsulError.notFound(
        "Unknown check ID \"\(id)\". Ensure that the check ID is passed, not the check name.")
    }
    try request.require(changing: found.key.owner)
    guard case .ttl = found.check.kind else {
      throw ConsulError.badRequest("CheckID \"\(id)\" does not have associated TTL")
    }
    _ = try await context.registry.setCheck(
      found.key, status: status, output: shortened(output), by: request.actor)
  }

  private static func shortened(_ output: String) -> String {
    let count = output.utf8.count
    guard count > outputLimit else { return output }
    let note = " ... (captured \(outputLimit) of \(count) bytes)"
    return String(decoding: output.utf8.prefix(outputLimit - note.utf8.count), as: UTF8.self) + note
  }
}
