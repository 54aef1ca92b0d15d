import WeftDiscovery
import WeftRPC

/// `weft.registry.v1.SessionService` on a ``Registry``.
struct SessionService: Weft_Registry_V1_SessionServiceHandler {
  let registry: Registry

  func createSession(
    _ request: Weft_Registry_V1_CreateSessionRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_CreateSessionResponse {
    var session = Session(request.session ?? Weft_Registry_V1_Session())
    if session.node.isEmpty { session.node = Node.registryName }
    let scope = try registry.scope(of: context)
    try scope.require(.session(node: session.node, .write), field: "session.node")
    var response = Weft_Registry_V1_CreateSessionResponse()
    response.session = try await registry.createSession(session, by: scope.actor).message
    return response
  }

  func destroySession(
    _ request: Weft_Registry_V1_DestroySessionRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_DestroySessionResponse {
    let scope = try registry.scope(of: context)
    if let session = registry.session(request.id).session {
      try scope.require(.session(node: session.node, .write), field: "id")
      _ = try await registry.destroySession(request.id, by: scope.actor)
    }
    return Weft_Registry_V1_DestroySessionResponse()
  }

  func renewSession(
    _ request: Weft_Registry_V1_RenewSessionRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_RenewSessionResponse {
    let scope = try registry.scope(of: context)
    if let session = registry.session(request.id).session {
      try scope.require(.session(node: session.node, .write), field: "id")
    }
    guard let session = registry.renewSession(request.id) else { throw missing(request.id) }
    var response = Weft_Registry_V1_RenewSessionResponse()
    response.session = session.message
    return response
  }

  func getSession(
    _ request: Weft_Registry_V1_GetSessionRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_GetSessionResponse {
    let scope = try registry.scope(of: context)
    guard let session = registry.session(request.id).session else { throw missing(request.id) }
    try scope.require(.session(node: session.node, .read), field: "id")
    var response = Weft_Registry_V1_GetSessionResponse()
    response.session = session.message
    return response
  }

  func listSessions(
    _ request: Weft_Registry_V1_ListSessionsRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_ListSessionsResponse {
    let scope = try registry.scope(of: context)
    let (_, sessions) = registry.sessions(onNode: request.node.isEmpty ? nil : request.node)
    var response = Weft_Registry_V1_ListSessionsResponse()
    response.sessions = sessions.filter { scope.allows(.session(node: $0.node, .read)) }.map(\.message)
    return response
  }

  private func missing(_ id: String) -> RegistryError {
    .notFound("id: there is no session \(FieldCheck(field: "").quoted(id))")
  }
}
