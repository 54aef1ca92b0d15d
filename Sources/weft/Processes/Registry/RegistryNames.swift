import Synchronization
import WeftDNS
import WeftDiscovery
import WeftRegistry

/// The registry as DNS shows it.
///
/// What is asked is kept as long as the registry's indexes say that it is still so: most queries then cost a look at
/// an index and one into a dictionary.
final class RegistryNames: DNSCatalogue {
  private struct Services {
    var index: UInt64 = 0
    /// Names as they were registered, by name in lower case.
    var names: [String: String] = [:]
  }

  private struct Nodes {
    var index: UInt64 = 0
    /// By name in lower case.
    var nodes: [String: DNSNode] = [:]
    var names: [IPAddress: [String]] = [:]
  }

  private struct Instances {
    var index: UInt64
    var instances: [DNSInstance]
  }

  private struct Cache {
    var services = Services()
    var nodes = Nodes()
    var instances: [String: Instances] = [:]
  }

  private let registry: Registry
  private let token: String?
  private let cache = Mutex(Cache())

  /// - Parameter token: the secret of the token whose rights DNS has; nil for what everybody may read.
  init(registry: Registry, token: String? = nil) {
    self.registry = registry
    self.token = token
  }

  var revision: UInt64 { registry.index(for: .everything) }

  func instances(of name: String) -> [DNSInstance]? {
    guard let service = registered(name), mayRead(.service(service, .read)) else { return nil }
    // An instance without an address has that of its node.
    let index = max(registry.index(for: .service(service)), registry.index(for: .nodes))
    if let known = cache.withLock({ $0.instances[service] }), known.index == index { return known.instances }
    let instances = usable(service)
    cache.withLock { $0.instances[service] = Instances(index: index, instances: instances) }
    return instances
  }

  func node(_ name: String) -> DNSNode? {
    nodes().nodes[name.lowercased()].flatMap { mayRead(.node($0.name, .read)) ? $0 : nil }
  }

  func nodes(at address: IPAddress) -> [String] {
    (nodes().names[address] ?? []).filter { mayRead(.node($0, .read)) }
  }

  /// A query carries no token: all see the same.
  private func mayRead(_ request: AccessRequest) -> Bool {
    let access = registry.access
    guard access.configuration.isEnabled else { return true }
    return (try? access.scope(of: AccessCredential(token: token)))?.allows(request) ?? false
  }

  /// The name as it was registered. Those of other namespaces have none in DNS.
  private func registered(_ name: String) -> String? {
    let index = registry.index(for: .services)
    let isKnown = cache.withLock { $0.services.index == index }
    if !isKnown {
      let names = registry.read { $0.serviceNames }.filter { !$0.contains("/") }
      let services = Services(
        index: index, names: Dictionary(names.map { ($0.lowercased(), $0) }) { first, _ in first })
      cache.withLock { cache in
        cache.services = services
        // What is gone is forgotten.
        cache.instances = cache.instances.filter { services.names[$0.key.lowercased()] == $0.key }
      }
    }
    return cache.withLock { $0.services.names[name.lowercased()] }
  }

  /// The instances that pass or warn, each on a node that does.
  private func usable(_ service: String) -> [DNSInstance] {
    let (records, nodes) = registry.read { view in
      let records = view.records(of: service)
      var nodes: [String: Node] = [:]
      for record in records where nodes[record.instance.node] == nil {
        nodes[record.instance.node] = view.node(record.instance.node)
      }
      return (records, nodes)
    }
    return records.compactMap { record in
      let instance = record.instance
      let node = nodes[instance.node] ?? Node(name: instance.node, address: "")
      let status = instance.status
      guard status < .critical else { return nil }
      return DNSInstance(
        address: instance.address, port: instance.port,
        weight: status == .passing ? instance.weight : instance.warningWeight, tags: instance.tags,
        node: DNSNode(node))
    }
  }

  private func nodes() -> Nodes {
    let index = registry.index(for: .nodes)
    if let known = cache.withLock({ $0.nodes.index == index ? $0.nodes : nil }) { return known }
    var nodes = Nodes(index: index)
    for node in registry.nodes().nodes {
      nodes.nodes[node.name.lowercased()] = DNSNode(node)
      if let address = IPAddress(node.address) { nodes.names[address, default: []].append(node.name) }
    }
    cache.withLock { [nodes] in $0.nodes = nodes }
    return nodes
  }
}

extension DNSNode {
  init(_ node: Node) {
    self.init(name: node.name, address: node.address, metadata: node.metadata)
  }
}
