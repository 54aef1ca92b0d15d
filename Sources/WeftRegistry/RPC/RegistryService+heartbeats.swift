import WeftDiscovery
import WeftRPC

extension RegistryService {
  func heartbeatStream(
    _ requests: RequestStream<Weft_Registry_V1_HeartbeatStreamRequest>,
    responses: ResponseWriter<Weft_Registry_V1_HeartbeatResponse>, context: ServerContext
  ) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask {
        for try await request in requests {
          try await slowDown(context)
          // Rules may change while it lasts.
          try await responses.write(try renew(request.instances, scope: try registry.scope(of: context)))
        }
      }
      group.addTask {
        // A drain would wait for clients that have nothing to say for a while.
        await registry.waitForClosing()
        try Task.checkCancellation()
        throw RegistryError.unavailable("the registry is shutting down")
      }
      try await group.next()
      group.cancelAll()
    }
  }

  /// Each message counts as a request against the limit of its client, and is taken when that allows it.
  private func slowDown(_ context: ServerContext) async throws {
    guard let limiter = registry.rateLimiter else { return }
    while let delay = limiter.wait(for: context.peer.clientName) { try await Task.sleep(for: delay) }
  }

  func renew(
    _ instances: [Weft_Registry_V1_InstanceKey], scope: AccessScope
  ) throws -> Weft_Registry_V1_HeartbeatResponse {
    let keys = instances.map { InstanceKey($0) }
    for (index, key) in keys.enumerated() where index == 0 || key.service != keys[index - 1].service {
      let field = "instances[\(index)].service"
      try validateServiceName(key.service, field: field)
      try scope.require(.service(key.service, .write), field: field)
    }
    let (unknown, revision) = try registry.heartbeat(keys)
    var response = Weft_Registry_V1_HeartbeatResponse()
    response.unknown = unknown.map(\.message)
    response.revision = revision
    return response
  }
}
