import WeftProtobuf

/// What belongs to Consul's service mesh, to its central configuration and to its prepared queries, which are not here:
/// lists are empty, one thing is not found, and whoever wants to make something is told why that cannot be.
struct MeshEndpoints {
  let context: ConsulContext

  private static let mesh =
    "This registry has no service mesh: Weft's own mutual TLS needs no configuration here"
  private static let configuration =
    "This registry keeps no configuration entries: services read theirs as keys"
  private static let queries = "This registry has no prepared queries: ask /v1/health/service with a filter"

  var routes: [Route] {
    Self.lists.map { path in .get(path) { [context] in try await Self.nothing(context, $0) } } + [
      Route(
        "/v1/connect/intentions",
        [
          "GET": { [context] in try await Self.nothing(context, $0) }, "POST": Self.refusal(Self.mesh),
          "PUT": Self.refusal(Self.mesh),
        ]),
      all("/v1/connect/", Self.mesh), all("/v1/agent/connect/", Self.mesh),
      all("/v1/discovery-chain/", Self.mesh),
      Route("/v1/config", ["PUT": Self.refusal(Self.configuration)]),
      Route(
        "/v1/config/",
        [
          "GET": { [context] request in
            guard request.name.contains("/") else { return try await Self.nothing(context, request) }
            throw ConsulError.notFound(Self.configuration)
          },
          "DELETE": Self.refusal(Self.configuration),
        ]),
      Route(
        "/v1/query",
        [
          "GET": { [context] in try await Self.nothing(context, $0) }, "POST": Self.refusal(Self.queries),
        ]),
      all("/v1/query/", Self.queries),
    ]
  }

  private static let lists = [
    "/v1/catalog/connect/", "/v1/catalog/gateway-services/", "/v1/health/connect/", "/v1/health/ingress/",
  ]

  private static func refusal(_ reason: String) -> Handler {
    { _ in throw ConsulError(501, reason) }
  }

  private func all(_ path: String, _ reason: String) -> Route {
    let handler = Self.refusal(reason)
    return Route(path, ["GET": handler, "PUT": handler, "POST": handler, "DELETE": handler])
  }

  private static func nothing(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    let options = try ReadOptions(request.query)
    if let filter = options.filter {
      do {
        _ = try FilterParser.parse(filter)
      } catch {
        throw error.answer
      }
    }
    try await context.wait(for: .access, options)
    return ConsulAnswer.json { $0.array([]) { (_: inout JSONOutput, _: String) in } }
      .at(index: 1, consistency: request.path.hasPrefix("/v1/con") ? nil : options.consistency)
  }
}
