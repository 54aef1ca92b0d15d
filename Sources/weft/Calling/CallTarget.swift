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
    switch name(text) {
    case .address(let address):
      let channel = try options.channel(target: address, service: nil)
      return CallTarget(channel: channel, types: try await ReflectionTypes(channel: channel).pool())
    case .service(let name):
      let registry = try options.registryClient()
      let instances = try await instances(of: name, registry: registry, options: options)
      let channel = try channel(to: instances, of: name, options: options)
      return CallTarget(
        channel: channel, types: try await types(of: instances, registry: registry, channel: channel))
    }
  }

  /// A way to a target, for those who need no types.
  static func channel(_ text: String, options: ClientOptions) async throws -> Channel {
    switch name(text) {
    case .address(let address): return try options.channel(target: address, service: nil)
    case .service(let name):
      let instances = try await instances(of: name, registry: try options.registryClient(), options: options)
      return try channel(to: instances, of: name, options: options)
    }
  }

  private enum Name {
    case address(String)
    case service(String)
  }

  private static func name(_ text: String) -> Name {
    let name = text.hasPrefix("weft:///") ? String(text.dropFirst("weft:///".count)) : text
    return name.contains(":") || name.contains("/") ? .address(name) : .service(name)
  }

  private static func instances(
    of name: String, registry: RegistryClient, options: ClientOptions
  ) async throws -> [ServiceInstance] {
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
    return instances
  }

  private static func channel(
    to instances: [ServiceInstance], of name: String, options: ClientOptions
  ) throws -> Channel {
    let addresses = instances.map { "\($0.address):\($0.port)" }.joined(separator: ",")
    return try options.channel(target: "static:\(addresses)", service: name)
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
