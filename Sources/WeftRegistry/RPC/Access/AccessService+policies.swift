import WeftDiscovery
import WeftRPC

extension AccessService {
  func createPolicy(
    _ request: Weft_Registry_V1_CreatePolicyRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_CreatePolicyResponse {
    let actor = try authorize(context, .write)
    guard let message = request.policy else { throw missing("policy") }
    var response = Weft_Registry_V1_CreatePolicyResponse()
    response.policy = try await registry.createPolicy(AccessPolicy(message), by: actor).message
    return response
  }

  func updatePolicy(
    _ request: Weft_Registry_V1_UpdatePolicyRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_UpdatePolicyResponse {
    let actor = try authorize(context, .write)
    guard let message = request.policy else { throw missing("policy") }
    var response = Weft_Registry_V1_UpdatePolicyResponse()
    response.policy = try await registry.updatePolicy(AccessPolicy(message), by: actor).message
    return response
  }

  func deletePolicy(
    _ request: Weft_Registry_V1_DeletePolicyRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_DeletePolicyResponse {
    let actor = try authorize(context, .write)
    try await registry.removePolicy(id: request.id, by: actor)
    return Weft_Registry_V1_DeletePolicyResponse()
  }

  func getPolicy(
    _ request: Weft_Registry_V1_GetPolicyRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_GetPolicyResponse {
    try authorize(context, .read)
    let found: AccessPolicy? =
      switch request.by {
      case .id(let id): registry.policy(id: id)
      case .name(let name): registry.policy(named: name)
      case nil: nil
      }
    guard let found else { throw RegistryError.notFound("there is no such policy") }
    var response = Weft_Registry_V1_GetPolicyResponse()
    response.policy = found.message
    return response
  }

  func listPolicies(
    _ request: Weft_Registry_V1_ListPoliciesRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_ListPoliciesResponse {
    try authorize(context, .read)
    var response = Weft_Registry_V1_ListPoliciesResponse()
    response.policies = registry.policies().map(\.message)
    return response
  }

  func putBinding(
    _ request: Weft_Registry_V1_PutBindingRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_PutBindingResponse {
    let actor = try authorize(context, .write)
    guard let message = request.binding else { throw missing("binding") }
    var response = Weft_Registry_V1_PutBindingResponse()
    response.binding = try await registry.putBinding(AccessBinding(message), by: actor).message
    return response
  }

  func deleteBinding(
    _ request: Weft_Registry_V1_DeleteBindingRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_DeleteBindingResponse {
    let actor = try authorize(context, .write)
    try await registry.removeBinding(identity: request.identity, by: actor)
    return Weft_Registry_V1_DeleteBindingResponse()
  }

  func listBindings(
    _ request: Weft_Registry_V1_ListBindingsRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_ListBindingsResponse {
    try authorize(context, .read)
    var response = Weft_Registry_V1_ListBindingsResponse()
    response.bindings = registry.bindings().map(\.message)
    return response
  }
}
