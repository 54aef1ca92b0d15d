import WeftDiscovery
import WeftRPC

extension RegistryService {
  func updateCheck(
    _ request: Weft_Registry_V1_UpdateCheckRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_UpdateCheckResponse {
    let owner = try CheckOwner(request.owner, field: "owner")
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
    let owner = try CheckOwner(request.owner, field: "owner")
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
}
