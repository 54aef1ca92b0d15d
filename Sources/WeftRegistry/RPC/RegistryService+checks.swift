import WeftDiscovery
import WeftRPC

extension RegistryService {
  func updateCheck(
    _ request: Weft_Registry_V1_UpdateCheckRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_UpdateCheckResponse {
    let owner = try CheckOwner(request.owner)
    let scope = try registry.scope(of: context)
    try scope.require(owner.writing, field: "owner")
    guard let status = HealthStatus(request.status) else {
      throw RegistryError.invalidArgument(field: "status", reason: "is not passing, warning or critical")
    }
    var response = Weft_Registry_V1_UpdateCheckResponse()
    response.revision = try await registry.setCheck(
      CheckKey(owner: owner, id: request.checkID), status: status, output: request.output, by: scope.actor)
    return response
  }

  func setMaintenance(
    _ request: Weft_Registry_V1_SetMaintenanceRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_SetMaintenanceResponse {
    let owner = try CheckOwner(request.owner)
    let scope = try registry.scope(of: context)
    try scope.require(owner.writing, field: "owner")
    var response = Weft_Registry_V1_SetMaintenanceResponse()
    response.revision = try await registry.setMaintenance(
      request.enabled ? request.reason : nil, of: owner, by: scope.actor)
    return response
  }

  func listNodes(
    _ request: Weft_Registry_V1_ListNodesRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_ListNodesResponse {
    let scope = try registry.scope(of: context)
    let (revision, nodes) = registry.nodes()
    var response = Weft_Registry_V1_ListNodesResponse()
    response.revision = revision
    response.nodes = nodes.filter { scope.allows(.node($0.name, .read)) }.map(\.message)
    return response
  }

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
}

extension CheckOwner {
  fileprivate init(_ message: Weft_Registry_V1_CheckOwner?) throws(RegistryError) {
    switch message?.owner {
    case .instance(let key): self = .instance(try InstanceKey(key).validated(field: "owner.instance"))
    case .node(let name):
      try validateName(name, field: "owner.node")
      self = .node(name)
    case nil: throw .invalidArgument(field: "owner", reason: "is missing")
    }
  }

  /// What one must be allowed to change it.
  fileprivate var writing: AccessRequest {
    switch self {
    case .node(let name): .node(name, .write)
    case .instance(let key): .service(key.service, .write)
    }
  }
}
