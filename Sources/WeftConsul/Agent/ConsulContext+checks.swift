import WeftProtobuf

import WeftDiscovery
import WeftRegistry

extension ConsulContext {
  /// A check of the registry's own node, or of what runs there in the request's namespace, by its id alone, as the
  /// agent's endpoints name it.
  func localCheck(_ id: String, for request: ConsulRequest) -> (key: CheckKey, check: HealthCheck)? {
    guard var owner = registry.read({ $0.checkOwner(id: id) }) else { return nil }
    if case .instance(let key) = owner, registry.instance(key)?.isIn(request) == false {
      // It was asked for first, but by another namespace.
      let other = localInstances(for: request).first { $0.checks.contains { $0.id == id } }
      guard let other else { return nil }
      owner = .instance(other.key)
    }
    let key = CheckKey(owner: owner, id: id)
    return registry.check(key).map { (key, $0) }
  }
}
