import WeftDiscovery

/// Everything that is in the catalogue at one moment: what several reads need that must fit together.
///
/// Taking one copies references only; the registry goes on meanwhile.
public struct CatalogueView: Sendable {
  private let core: RegistryCore

  init(_ core: RegistryCore) {
    self.core = core
  }

  public var revision: UInt64 { core.revision }

  /// Every node, sorted by name.
  public var nodes: [Node] {
    core.catalogue.nodes.values.sorted { $0.name < $1.name }.map { $0.saying(core.outputs) }
  }

  public func node(_ name: String) -> Node? {
    core.catalogue.nodes[name]?.saying(core.outputs)
  }

  /// Qualified, sorted.
  public var serviceNames: [String] { core.catalogue.services.keys.sorted() }

  /// The instances of a service, sorted by id and node. The outputs of their checks may be older than ``output(of:)``.
  public func records(of service: String) -> [InstanceRecord] { core.catalogue.records(of: service) }

  /// The instances on a node, sorted by service and id.
  public func records(onNode node: String) -> [InstanceRecord] { core.catalogue.records(onNode: node) }

  /// The instances on a node with this id: one, unless services share it.
  public func records(id: String, node: String = Node.registryName) -> [InstanceRecord] {
    core.catalogue.records(id: id, node: node)
  }

  /// What a check said after its status last changed; nil when that is in its record.
  public func output(of check: CheckKey) -> String? { core.outputs[check] }

  /// Whose check has this id on a node: the node itself, or the first of its instances, by service.
  public func checkOwner(id: String, node: String = Node.registryName) -> CheckOwner? {
    core.catalogue.checkOwner(id: id, node: node)
  }

  public func index(for scope: Scope) -> UInt64 { core.index(for: scope) }
}

extension Registry {
  /// What is in the catalogue now. `read` runs under the registry's lock: take what is needed and leave.
  public func read<R>(_ read: (CatalogueView) -> R) -> R {
    state.withLock { read(CatalogueView($0.core)) }
  }
}
