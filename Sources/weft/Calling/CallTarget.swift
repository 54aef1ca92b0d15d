import WeftDiscovery
import WeftProtobuf
import WeftRPC

/// Something to call: a way to it, and the types it speaks.
struct CallTarget {
  let channel: Channel
  let types: DescriptorPool

  /// - Parameter text: a service that the registry knows (`config`, `weft:///config`), or an address
  ///   (`127.0.0.1:8213`, `dns:///host:port`, `unix:path`), whose server is asked for its types by reflection.
  static func find(_ text: String, options: ClientOptions) async throws -> CallTarget {
    var name = text
    if name.hasPrefix("weft:///") { name.removeFirst("weft:///".count) }
    if name.contains(":") || name.contains("/") {
      let channel = try options.channel(target: name, service: nil)
      return CallTarget(channel: channel, types: try await ReflectionTypes(channel: channel).pool())
    }
    return try await registered(name, options: options)
  }

  private static func registered(_ name: String, options: ClientOptions) async throws -> CallTarget {
    let registry = try options.registryClient()
    let instances: [ServiceInstance]
    do {
      instances = try await registry.resolve(name).instances
    } catch let error as RPCError {
      throw Failure("the registry at \(options.registry) does not tell: \(error)")
    }
    guard !instances.isEmpty else {
      let known = (try? await registry.listServices().services.map(\.name)) ?? []
      let hint = known.isEmpty ? "none is registered" : "registered are \(known.joined(separator: ", "))"
      throw Failure("no service '\(name)' is registered; \(hint)")
    }
    let addresses = instances.map { "\($0.address):\($0.port)" }.joined(separator: ",")
    let channel = try options.channel(target: "static:\(addresses)", service: name)
    return CallTarget(
      channel: channel, types: try await types(of: instances, registry: registry, channel: channel))
  }

  /// From the registry, which keeps them for every service; from the service itself when it gave the registry none.
  private static func types(
    of instances: [ServiceInstance], registry: RegistryClient, channel: Channel
  ) async throws -> DescriptorPool {
    guard let hash = instances.map(\.descriptorSetHash).first(where: { !$0.isEmpty }) else {
      return try await ReflectionTypes(channel: channel).pool()
    }
    return try DescriptorPool(fileDescriptorSet: try await registry.descriptorSet(hash: hash))
  }
}
