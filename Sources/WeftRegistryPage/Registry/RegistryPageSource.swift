import WeftDiscovery
import WeftRegistry

/// What the page shows of a registry.
public struct RegistryPageSource: PageSource {
  let registry: Registry

  public init(registry: Registry) {
    self.registry = registry
  }

  public func about(_ visitor: PageVisitor) throws(PageProblem) -> PageAbout {
    PageAbout(
      datacenter: registry.datacenter, node: Node.registryName, hasRules: false, actor: "anonymous")
  }

  public func content(of view: PageView, for visitor: PageVisitor) throws(PageProblem) -> PageContent {
    switch view {
    case .services: services()
    case .service(let name): service(name)
    case .nodes: nodes()
    case .node(let name): node(name)
    case .keys, .key: throw PageProblem(status: 501, "keys cannot be shown yet")
    }
  }

  public func wait(for view: PageView, after index: UInt64, timeout: Duration) async {
    await withTaskGroup { group in
      for scope in view.scopes {
        let current = registry.index(for: scope)
        if current > index { break }
        group.addTask { _ = await registry.wait(for: scope, after: current, timeout: timeout) }
      }
      await group.next()
      group.cancelAll()
    }
  }

  public func put(
    _ key: String, _ value: [UInt8], at index: UInt64, for visitor: PageVisitor
  ) async throws(PageProblem) {
    throw PageProblem(status: 501, "keys cannot be changed yet")
  }

  public func delete(_ key: String, at index: UInt64, for visitor: PageVisitor) async throws(PageProblem) {
    throw PageProblem(status: 501, "keys cannot be changed yet")
  }
}

extension PageView {
  /// What the view is made of: the index of its content is the greatest of theirs, for each change has a greater
  /// revision than all before it.
  var scopes: [Scope] {
    switch self {
    case .services: [.services, .checks]
    case .service(let name): [.service(name), .nodes]
    case .nodes: [.nodes, .services, .checks]
    case .node(let name): [.node(name)]
    case .keys(let prefix): [.kvPrefix(prefix)]
    case .key(let key): [.kvKey(key)]
    }
  }
}

extension CatalogueView {
  func index(of view: PageView) -> UInt64 {
    view.scopes.map { index(for: $0) }.max() ?? revision
  }
}
