import WeftProtobuf

/// `grpc.health.v1.Health`: tells load balancers and people whether services serve.
struct HealthService: RPCService {
  static let serviceName = "grpc.health.v1.Health"
  static var file: GeneratedFile { ProtoFile_grpc__health__v1__health.file }

  let registry: HealthRegistry

  func register(in router: inout RPCRouter) {
    router.unary(Self.check) { request, _ in
      guard let status = registry.status(of: request.service) else {
        throw RPCError(.notFound, "there is no service \"\(request.service)\" here")
      }
      return Grpc_Health_V1_HealthCheckResponse.with { $0.status = .init(status) }
    }
    router.serverStreaming(Self.watch) { request, responses, _ in
      for await status in registry.watch(request.service) {
        try await responses.write(.with { $0.status = .init(status) })
      }
      try Task.checkCancellation()
    }
  }

  private static let check = RPCMethod<Grpc_Health_V1_HealthCheckRequest, Grpc_Health_V1_HealthCheckResponse>(
    service: serviceName, name: "Check", kind: .unary, idempotency: .noSideEffects)
  private static let watch = RPCMethod<Grpc_Health_V1_HealthCheckRequest, Grpc_Health_V1_HealthCheckResponse>(
    service: serviceName, name: "Watch", kind: .serverStreaming, idempotency: .noSideEffects)
}

extension Grpc_Health_V1_HealthCheckResponse.ServingStatus {
  init(_ status: HealthRegistry.Status) {
    self.init(rawValue: Int32(status.rawValue))
  }
}
