import WeftDiscovery
import WeftRPC

/// `weft.registry.v1.AccessService` on a ``Registry``: tokens. Policies and bindings are in files of their own.
struct AccessService: Weft_Registry_V1_AccessServiceHandler {
  let registry: Registry

  /// Asks for no permission: whoever comes first to a new registry sets it up, and nobody after.
  func bootstrap(
    _ request: Weft_Registry_V1_BootstrapRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_BootstrapResponse {
    let actor = AuditActor.anonymous(context.credential)
    var response = Weft_Registry_V1_BootstrapResponse()
    let (token, secret) = try await registry.bootstrapAccess(by: actor)
    response.token = token.message
    response.secret = secret
    return response
  }

  func createToken(
    _ request: Weft_Registry_V1_CreateTokenRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_CreateTokenResponse {
    let actor = try authorize(context, .write)
    let token = AccessToken(request.token ?? Weft_Registry_V1_Token())
    let secret = request.secret.isEmpty ? nil : request.secret
    var response = Weft_Registry_V1_CreateTokenResponse()
    let (created, kept) = try await registry.createToken(token, secret: secret, by: actor)
    response.token = created.message
    response.secret = kept
    return response
  }

  func updateToken(
    _ request: Weft_Registry_V1_UpdateTokenRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_UpdateTokenResponse {
    let actor = try authorize(context, .write)
    guard let message = request.token else { throw missing("token") }
    var response = Weft_Registry_V1_UpdateTokenResponse()
    response.token = try await registry.updateToken(AccessToken(message), by: actor).message
    return response
  }

  func deleteToken(
    _ request: Weft_Registry_V1_DeleteTokenRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_DeleteTokenResponse {
    let actor = try authorize(context, .write)
    try await registry.removeToken(accessor: request.accessor, by: actor)
    return Weft_Registry_V1_DeleteTokenResponse()
  }

  func getToken(
    _ request: Weft_Registry_V1_GetTokenRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_GetTokenResponse {
    let found: AccessToken?
    if request.accessor.isEmpty {
      // Whoever has a token may know what it is.
      _ = try registry.scope(of: context)
      found = registry.token(secret: context.credential.token ?? "")
    } else {
      try authorize(context, .read)
      found = registry.token(accessor: request.accessor)
    }
    guard let found else { throw RegistryError.notFound("accessor: there is no such token") }
    var response = Weft_Registry_V1_GetTokenResponse()
    response.token = found.message
    return response
  }

  func listTokens(
    _ request: Weft_Registry_V1_ListTokensRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_ListTokensResponse {
    try authorize(context, .read)
    var response = Weft_Registry_V1_ListTokensResponse()
    response.tokens = registry.tokens().map(\.message)
    return response
  }

  @discardableResult
  func authorize(_ context: ServerContext, _ permission: AccessPermission) throws -> AuditActor {
    try registry.access.authorize(context.credential, .acl(permission))
  }

  func missing(_ field: String) -> RegistryError {
    FieldCheck(field: field).fail("is missing")
  }
}
