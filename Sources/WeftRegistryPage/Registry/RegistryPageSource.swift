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
      datacenter: registry.datacenter, node: Node.registryName,
      hasRules: registry.access.configuration.isEnabled, actor: try scope(of: visitor).actor.name)
  }

  public func content(of view: PageView, for visitor: PageVisitor) throws(PageProblem) -> PageContent {
    let scope = try scope(of: visitor)
    return switch view {
    case .services: services(scope)
    case .service(let name): try service(name, scope)
    case .nodes: nodes(scope)
    case .node(let name): try node(name, scope)
    case .keys(let prefix): keys(prefix, scope)
    case .key(let key): try self.key(key, scope)
    }
  }

  public func wait(for view: PageView, after index: UInt64, timeout: Duration) async -> Bool {
    let start = ContinuousClock.now
    await withTaskGroup { group in
      for scope in view.scopes {
        let current = registry.index(for: scope)
        if current > index { break }
        group.addTask { _ = await registry.wait(for: scope, after: current, timeout: timeout) }
      }
      await group.next()
      group.cancelAll()
    }
    // A registry that shuts down lets nobody wait.
    let hasChanged = registry.read { $0.index(of: view) } != index
    return hasChanged || Task.isCancelled || .now - start >= timeout
  }

  /// What the visitor may do.
  func scope(of visitor: PageVisitor) throws(PageProblem) -> AccessScope {
    do {
      return try registry.access.scope(
        of: AccessCredential(
          token: visitor.token, identities: visitor.identities, address: visitor.address))
    } catch { throw PageProblem(error) }
  }
}

extension AccessScope {
  func demand(_ request: AccessRequest) throws(PageProblem) {
    do { try require(request) } catch { throw PageProblem(error) }
  }
}

extension PageProblem {
  init(_ error: RegistryError) {
    let status =
      switch error {
      case .invalidArgument: 400
      case .permissionDenied: 403
      case .notFound: 404
      case .failedPrecondition: 409
      case .resourceExhausted, .unavailable: 503
      }
    self.init(status: status, "\(error)")
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
