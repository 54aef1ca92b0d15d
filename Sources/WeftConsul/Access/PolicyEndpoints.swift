import WeftProtobuf
import WeftRegistry

/// `/v1/acl`: policies.
struct PolicyEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    let context = context
    let named: [Route] = [
      .get("/v1/acl/policies") { try Self.list(context, $0) },
      .put("/v1/acl/policy") { try await Self.create(context, $0) },
      .get("/v1/acl/policy/name/") { try Self.byName(context, $0) },
      Route(
        "/v1/acl/policy/",
        [
          "GET": { try Self.one(context, $0) }, "PUT": { try await Self.update(context, $0) },
          "DELETE": { try await Self.delete(context, $0) },
        ]),
      .put("/v1/agent/token/") { request in
        try context.requireAccessControl()
        throw ConsulError.badRequest("This registry is its own agent and needs no token")
      },
    ]
    // Without roles and without ways to log in, their lists are empty.
    return named + Self.missing(context)
      + ["/v1/acl/roles", "/v1/acl/auth-methods", "/v1/acl/binding-rules"].map { path in
        .get(path) { request in
          try context.requireAccessControl()
          try request.require(.acl(.read))
          return ConsulAnswer.json { $0.array([]) { (_: inout JSONOutput, _: String) in } }
            .at(index: context.registry.index(for: .access))
        }
      }
  }

  /// What is asked of roles and of ways to log in, which are not here.
  private static func missing(_ context: ConsulContext) -> [Route] {
    func routes(_ paths: [String], _ reason: String, isOpen: Bool = false) -> [Route] {
      let handler: Handler = { request in
        try context.requireAccessControl()
        if !isOpen { try request.require(.acl(.read)) }
        throw ConsulError(501, reason)
      }
      return paths.map { path in
        Route(path, ["GET": handler, "PUT": handler, "POST": handler, "DELETE": handler])
      }
    }
    let methods = ["auth-method", "auth-method/", "binding-rule", "binding-rule/"].map { "/v1/acl/" + $0 }
    return routes(["/v1/acl/role", "/v1/acl/role/"], "This registry has no roles; give tokens policies")
      + routes(methods, "Nobody logs in at this registry: make tokens, or bind certificates to policies")
      + routes(
        ["/v1/acl/login", "/v1/acl/logout"],
        "Nobody logs in at this registry: it has no auth methods, only tokens and certificates", isOpen: true)
  }

  private static func list(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    try context.requireAccessControl()
    try request.require(.acl(.read))
    return ConsulAnswer.json { output in
      output.array(context.registry.policies()) { AccessView.write($1, hasRules: false, to: &$0) }
    }.at(index: context.registry.index(for: .access))
  }

  private static func one(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    try context.requireAccessControl()
    try request.require(.acl(.read))
    let id = try request.requiredName("policy ID").lowercased()
    guard UUIDText.isValid(id) else {
      throw ConsulError.badRequest("\"\(id.prefix(64))\" is the ID of no policy: it is no UUID")
    }
    return try answer(context.registry.policy(id: id), context)
  }

  private static func byName(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    try context.requireAccessControl()
    try request.require(.acl(.read))
    return try answer(context.registry.policy(named: request.requiredName("policy name")), context)
  }

  private static func answer(_ policy: AccessPolicy?, _ context: ConsulContext) throws(ConsulError)
    -> ConsulAnswer
  {
    guard let policy else { throw .notFound("There is no such policy") }
    return ConsulAnswer.json { AccessView.write(policy, hasRules: true, to: &$0) }
      .at(index: context.registry.index(for: .access))
  }

  private static func create(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    try context.requireAccessControl()
    try request.require(.acl(.write))
    let body = try request.object()
    let created = try await context.registry.createPolicy(
      try read(body, into: AccessPolicy()), by: request.actor)
    return .json { AccessView.write(created, hasRules: true, to: &$0) }
  }

  private static func update(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    try context.requireAccessControl()
    try request.require(.acl(.write))
    let id = try request.requiredName("policy ID").lowercased()
    guard let old = context.registry.policy(id: id) else {
      throw ConsulError.notFound("There is no such policy")
    }
    let policy = try read(try request.object(), into: old)
    let updated = try await context.registry.updatePolicy(policy, by: request.actor)
    return .json { AccessView.write(updated, hasRules: true, to: &$0) }
  }

  private static func delete(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    try context.requireAccessControl()
    try request.require(.acl(.write))
    let id = try request.requiredName("policy ID").lowercased()
    try await context.registry.removePolicy(id: id, by: request.actor)
    return .json(true)
  }

  private static func read(_ body: BodyObject, into policy: AccessPolicy) throws(ConsulError) -> AccessPolicy
  {
    try body.allowOnly(.policy)
    var policy = policy
    policy.name = try body.string("Name") ?? ""
    policy.description = try body.string("Description") ?? ""
    policy.rules = try body.string("Rules") ?? ""
    return policy
  }
}
