import WeftProtobuf
import WeftRegistry
import WeftRPC

/// `/v1/acl`: tokens.
struct TokenEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    let context = context
    return [
      .put("/v1/acl/bootstrap") { try await Self.bootstrap(context, $0) },
      .get("/v1/acl/tokens") { try Self.list(context, $0) },
      .put("/v1/acl/token") { try await Self.create(context, $0) },
      .get("/v1/acl/token/self") { try Self.own(context, $0) },
      Route(
        "/v1/acl/token/",
        [
          "GET": { try Self.one(context, $0) }, "PUT": { try await Self.update(context, $0) },
          "DELETE": { try await Self.delete(context, $0) },
        ]),
    ]
  }

  private static func bootstrap(_ context: ConsulContext, _ request: ConsulRequest) async throws
    -> ConsulAnswer
  {
    try context.requireAccessControl()
    do {
      let (token, secret) = try await context.registry.bootstrapAccess(by: request.actor)
      return answer(token, secret: secret, context)
    } catch RegistryError.failedPrecondition(let message) {
      throw ConsulError(403, "Permission denied: \(message)")
    }
  }

  private static func list(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    try context.requireAccessControl()
    try request.require(.acl(.read))
    // The anonymous one last, as in Consul.
    var tokens = context.registry.tokens().filter { $0.accessor != AccessToken.anonymousAccessor }
    tokens += context.registry.tokens().filter { $0.accessor == AccessToken.anonymousAccessor }
    if let policy = request.query.text("policy") { tokens = tokens.filter { $0.policies.contains(policy) } }
    return ConsulAnswer.json { output in
      output.array(tokens) {
        AccessView.write($1, secret: secret(of: $1, request), context.registry, to: &$0)
      }
    }.at(index: context.registry.index(for: .access))
  }

  private static func own(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    try context.requireAccessControl()
    guard let secret = request.token, let token = context.registry.token(secret: secret) else {
      throw ConsulError.unknownToken
    }
    return answer(token, secret: secret, context).at(index: context.registry.index(for: .access))
  }

  private static func one(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    try context.requireAccessControl()
    try request.require(.acl(.read))
    let token = try token(request.requiredName("token ID"), context)
    return answer(token, secret: secret(of: token, request), context)
      .at(index: context.registry.index(for: .access))
  }

  private static func create(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    try context.requireAccessControl()
    try request.require(.acl(.write))
    let body = try request.object()
    var token = try read(
      body, into: AccessToken(accessor: try body.string("AccessorID") ?? ""), context)
    token.expiresAt = try expiry(body)
    let secret = try body.string("SecretID") ?? ""
    let (created, kept) = try await context.registry.createToken(
      token, secret: secret.isEmpty ? nil : secret, by: request.actor)
    return answer(created, secret: kept, context)
  }

  /// `PUT /v1/acl/token/ID`, or `.../clone`.
  private static func update(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    try context.requireAccessControl()
    try request.require(.acl(.write))
    let parts = request.name.split(separator: "/")
    let old = try token(parts.first.map(String.init) ?? "", context)
    guard parts.count < 2 else {
      guard parts[1] == "clone" else { return ConsulAnswer(status: 404) }
      var copy = old
      copy.accessor = ""
      copy.description = try request.optionalObject().string("Description") ?? old.description
      let (created, secret) = try await context.registry.createToken(copy, by: request.actor)
      return answer(created, secret: secret, context)
    }
    let token = try read(try request.object(), into: old, context)
    let updated = try await context.registry.updateToken(token, by: request.actor)
    return answer(updated, secret: secret(of: updated, request), context)
  }

  private static func delete(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    try context.requireAccessControl()
    try request.require(.acl(.write))
    let name = try request.requiredName("token ID")
    let accessor = (try? token(name, context).accessor) ?? name
    try await context.registry.removeToken(accessor: accessor, by: request.actor)
    return .json(true)
  }

  // MARK: Pieces

  private static func token(_ accessor: String, _ context: ConsulContext) throws(ConsulError) -> AccessToken {
    let registry = context.registry
    guard let token = registry.token(accessor: accessor) ?? registry.token(accessor: accessor.lowercased())
    else {
      throw .unknownToken
    }
    return token
  }

  /// The secret of the anonymous token is no secret; of others only the client's own is known.
  private static func secret(of token: AccessToken, _ request: ConsulRequest) -> String? {
    if token.accessor == AccessToken.anonymousAccessor { return "anonymous" }
    guard let shown = request.token, AccessToken.hash(ofSecret: shown) == token.secretHash else { return nil }
    return shown
  }

  private static func answer(_ token: AccessToken, secret: String?, _ context: ConsulContext) -> ConsulAnswer
  {
    .json { AccessView.write(token, secret: secret, context.registry, to: &$0) }
  }

  private static func read(
    _ body: BodyObject, into token: AccessToken, _ context: ConsulContext
  ) throws(ConsulError) -> AccessToken {
    try body.allowOnly(.token)
    var token = token
    token.description = try body.string("Description") ?? ""
    token.policies = []
    for link in try body.objects("Policies") {
      let id = try link.string("ID") ?? ""
      let name = try link.string("Name") ?? ""
      guard let policy = id.isEmpty ? context.registry.policy(named: name) : context.registry.policy(id: id)
      else {
        throw .badRequest(
          id.isEmpty
            ? "No such ACL policy with name \"\(name.prefix(128))\""
            : "No such ACL policy with ID \"\(id.prefix(64))\"")
      }
      token.policies.append(policy.id)
    }
    (token.services, token.servicesElsewhere) = try identities(
      body.objects("ServiceIdentities"), name: "ServiceName", context
    ) { identity throws(ConsulError) in try identity.strings("Datacenters") ?? [] }
    (token.nodes, token.nodesElsewhere) = try identities(
      body.objects("NodeIdentities"), name: "NodeName", context
    ) { identity throws(ConsulError) in [try identity.string("Datacenter") ?? ""].filter { !$0.isEmpty } }
    token.isLocal = try body.bool("Local") ?? token.isLocal
    for name in ["Roles", "TemplatedPolicies"] where !(try body.objects(name)).isEmpty {
      throw .badRequest("\(name): this registry has none; give the token policies")
    }
    return token
  }

  /// The names that hold in this datacenter, and those that hold in others only.
  private static func identities(
    _ bodies: [BodyObject], name: String, _ context: ConsulContext,
    datacenters: (BodyObject) throws(ConsulError) -> [String]
  ) throws(ConsulError) -> (here: [String], elsewhere: [IdentityElsewhere]?) {
    var here: [String] = []
    var elsewhere: [IdentityElsewhere] = []
    for body in bodies {
      let name = try body.string(name) ?? ""
      let datacenters = try datacenters(body)
      if datacenters.isEmpty || datacenters.contains(context.datacenter) {
        here.append(name)
      } else {
        elsewhere.append(IdentityElsewhere(name: name, datacenters: datacenters))
      }
    }
    return (here, elsewhere.isEmpty ? nil : elsewhere)
  }

  private static func expiry(_ body: BodyObject) throws(ConsulError) -> Int64? {
    if body.has("ExpirationTime") {
      throw .badRequest("ExpirationTime: give ExpirationTTL, such as \"24h\", instead")
    }
    guard let ttl = try body.duration("ExpirationTTL"), ttl > .zero else { return nil }
    return Int64(clamping: WallClock.now() / 1_000_000) + Int64(ttl / .milliseconds(1))
  }
}

extension ConsulContext {
  /// Throws when the registry was started without rules.
  func requireAccessControl() throws(ConsulError) {
    guard registry.access.configuration.isEnabled else { throw .accessControlDisabled }
  }
}

extension ConsulError {
  /// In Consul's words, by which its clients know them.
  static let accessControlDisabled = ConsulError(401, "ACL support disabled")
  static let unknownToken = ConsulError(403, "ACL not found")
}
