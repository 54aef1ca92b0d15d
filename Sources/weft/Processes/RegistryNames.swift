import WeftDNS
import WeftDiscovery
import WeftRegistry

/// The registry as DNS shows it.
struct RegistryNames: DNSCatalogue {
  let registry: Registry

  var revision: UInt64 { registry.statistics.revision }

  func instances(of name: String) -> [DNSInstance]? {
    let instances = registry.resolve(name.lowercased()).instances
    guard !instances.isEmpty else { return nil }
    return instances.map { instance in
      DNSInstance(
        address: instance.address, port: instance.port, weight: instance.weight, tags: instance.tags,
        node: DNSNode(name: "weft", address: "127.0.0.1"))
    }
  }

  func node(_ name: String) -> DNSNode? { nil }

  func nodes(at address: IPAddress) -> [String] { [] }
}
