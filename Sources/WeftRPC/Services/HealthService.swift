import WeftProtobuf

/// `grpc.health.v1.Health`: tells load balancers and people whether services serve.
struct HealthService: Grpc_Health_V1_HealthHandler {
  /// Services that one answer lists.
  static let maxListed = 100

  let registry: HealthRegistry

  func check(
    _ request: Grpc_Health_V1_HealthCheckRequest, context: ServerContext
  ) async throws -> Grpc_Health_V1_HealthCheckResponse {
    guard let status = registry.status(of: request.service) else {
      throw RPCError(.notFound, "there is no service \"\(request.service)\" here")
    }
    return .with { $0.status = .init(status) }
  }

  func list(
    _ request: Grpc_Health_V1_HealthListRequest, context: ServerContext
  ) async throws -> Grpc_Health_V1_HealthListResponse {
    let statuses = registry.statuses
    if statuses.count > Self.maxListed {
      throw RPCError(
        .resourceExhausted, "there are \(statuses.count) services here; at most \(Self.maxListed) are listed")
    }
    return .with { $0.statuses = statuses.mapValues { status in .with { $0.status = .init(status) } } }
  }

  func watch(
    _ request: Grpc_Health_V1_HealthCheckRequest,
    responses: ResponseWriter<Grpc_Health_V1_HealthCheckResponse>, context: ServerContext
  ) async throws {
    var told: HealthRegistry.Status?
    for await _ in registry.changes(of: request.service) {
      let status = registry.status(of: request.service) ?? .serviceUnknown
      if status == told { continue }
      told = status
      try await responses.write(.with { $0.status = .init(status) })
    }
    try Task.checkCancellation()
    throw RPCError(.unavailable, "the server shuts down")
  }
}

extension Grpc_Health_V1_HealthCheckResponse.ServingStatus {
  init(_ status: HealthRegistry.Status) {
    self.init(rawValue: Int32(status.rawValue))
  }
}
