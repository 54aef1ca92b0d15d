extension RPCServer {
  /// The services that every server has beside its own.
  static func builtInServices(
    for services: [any RPCService], health: HealthRegistry, configuration: RPCServerConfiguration
  ) -> [any RPCService] {
    let healthService = HealthService(registry: health)
    if !configuration.reflection { return [healthService] }
    return [healthService, ReflectionService(services: services + [healthService])]
  }
}
