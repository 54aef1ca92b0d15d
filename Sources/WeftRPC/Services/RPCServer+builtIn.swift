extension RPCServer {
  /// The services that every server has beside its own.
  static func builtInServices(
    for services: [any RPCService], health: HealthRegistry, configuration: RPCServerConfiguration
  ) -> [any RPCService] {
    var builtIn: [any RPCService] = [HealthService(registry: health)]
    if configuration.channelz { builtIn.append(ChannelzService()) }
    if configuration.reflection { builtIn.append(ReflectionService(services: services + builtIn)) }
    return builtIn
  }
}
