import WeftDiscovery
import WeftRPC

extension RegistryService {
  func saveSnapshot(
    _ request: Weft_Registry_V1_SaveSnapshotRequest,
    responses: ResponseWriter<Weft_Registry_V1_SaveSnapshotResponse>, context: ServerContext
  ) async throws {
    let scope = try registry.scope(of: context)
    // It holds everything, hashes of secrets too.
    try scope.require(.operator(.write), field: "snapshot")
    try await registry.saveSnapshot { piece in
      var response = Weft_Registry_V1_SaveSnapshotResponse()
      response.piece = piece
      try await responses.write(response)
    }
  }

  func restoreSnapshot(
    _ requests: RequestStream<Weft_Registry_V1_RestoreSnapshotRequest>, context: ServerContext
  ) async throws -> Weft_Registry_V1_RestoreSnapshotResponse {
    let scope = try registry.scope(of: context)
    try scope.require(.operator(.write), field: "snapshot")
    let upload = try registry.beginUpload()
    for try await request in requests { try upload.add(request.piece) }
    // Checking and reading it takes long: not on a connection's event loop.
    let revision = try await withTaskExecutorPreference(globalConcurrentExecutor) { [registry] in
      defer { withExtendedLifetime(upload) {} }
      return try await registry.restore(try upload.finish(), by: scope.actor)
    }
    var response = Weft_Registry_V1_RestoreSnapshotResponse()
    response.revision = revision
    return response
  }
}
