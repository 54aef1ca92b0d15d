import WeftDiscovery
import WeftRPC

/// `weft.registry.v1.RegistryService` on a ``Registry``: reads requests, asks who asks, writes answers.
struct RegistryService: Weft_Registry_V1_RegistryServiceHandler {
  let registry: Registry

  func register(
    _ request: Weft_Registry_V1_RegisterRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_RegisterResponse {
    guard let message = request.instance else {
      throw RegistryError.invalidArgument(field: "instance", reason: "is missing")
    }
    let instance = try ServiceInstance(message).validated()
    let scope = try registry.scope(of: context)
    try scope.require(.service(instance.qualifiedService, .write), field: "instance.service")
    var response = Weft_Registry_V1_RegisterResponse()
    response.revision = try await registry.register(instance, by: scope.actor)
    response.leaseMilliseconds = UInt32(clamping: instance.lease?.milliseconds ?? 0)
    return response
  }

  func heartbeat(
    _ request: Weft_Registry_V1_HeartbeatRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_HeartbeatResponse {
    try renew(request.instances, scope: try registry.scope(of: context))
  }

  func deregister(
    _ request: Weft_Registry_V1_DeregisterRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_DeregisterResponse {
    guard let message = request.instance else {
      throw RegistryError.invalidArgument(field: "instance", reason: "is missing")
    }
    let key = try InstanceKey(message).validated(field: "instance")
    let scope = try registry.scope(of: context)
    try scope.require(.service(key.service, .write), field: "instance.service")
    var response = Weft_Registry_V1_DeregisterResponse()
    response.revision = try await registry.deregister(key, by: scope.actor)
    return response
  }

  func resolve(
    _ request: Weft_Registry_V1_ResolveRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_ResolveResponse {
    try validateServiceName(request.service, field: "service")
    try registry.scope(of: context).require(.service(request.service, .read), field: "service")
    let filter = ResolveFilter(
      tags: request.tags, metadata: request.metadata,
      version: request.version.isEmpty ? nil : request.version,
      zone: request.zone.isEmpty ? nil : request.zone, zonePreference: request.preferredZone,
      healthyOnly: request.healthyOnly)
    let (revision, instances) = registry.resolve(request.service, filter: filter)
    var response = Weft_Registry_V1_ResolveResponse()
    response.revision = revision
    response.instances = instances.map(\.message)
    return response
  }

  func listServices(
    _ request: Weft_Registry_V1_ListServicesRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_ListServicesResponse {
    let scope = try registry.scope(of: context)
    let (revision, summaries) = registry.serviceSummaries()
    var response = Weft_Registry_V1_ListServicesResponse()
    response.revision = revision
    response.services = summaries.filter { scope.allows(.service($0.name, .read)) }.map(\.message)
    return response
  }

  func watch(
    _ request: Weft_Registry_V1_WatchRequest,
    responses: ResponseWriter<Weft_Registry_V1_WatchResponse>,
    context: ServerContext
  ) async throws {
    let scope = try registry.scope(of: context)
    if !request.service.isEmpty {
      try validateServiceName(request.service, field: "service")
      try scope.require(.service(request.service, .read), field: "service")
    }
    let start = WatchPosition(history: request.history, revision: request.afterRevision)
    let updates = try registry.watch(
      service: request.service.isEmpty ? nil : request.service, from: start)
    for await update in updates {
      // Rules may change while it lasts.
      let scope = try registry.scope(of: context)
      let readable = scope.isUnrestricted ? update : update.filtered { scope.allows(.service($0, .read)) }
      try await responses.write(readable.message)
    }
    try Task.checkCancellation()
    throw RegistryError.unavailable("the registry is shutting down")
  }

  func putDescriptorSet(
    _ request: Weft_Registry_V1_PutDescriptorSetRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_PutDescriptorSetResponse {
    // Whoever may register something may store what it speaks.
    guard try registry.scope(of: context).mayRegister else {
      throw RegistryError.permissionDenied("storing a descriptor set needs write access to a service")
    }
    var response = Weft_Registry_V1_PutDescriptorSetResponse()
    response.hash_ = try await registry.putDescriptorSet(request.descriptorSet)
    return response
  }

  func getDescriptorSet(
    _ request: Weft_Registry_V1_GetDescriptorSetRequest, context: ServerContext
  ) async throws -> Weft_Registry_V1_GetDescriptorSetResponse {
    var response = Weft_Registry_V1_GetDescriptorSetResponse()
    response.descriptorSet = try await registry.descriptorSet(hash: request.hash_)
    return response
  }
}
