import WeftDiscovery
import WeftRegistry

extension ConsulContext {
  /// A check of the registry's own node by its id alone, as the agent's endpoints name it.
  func localCheck(_ id: String) -> (key: CheckKey, check: HealthCheck)? {
    guard let owner = registry.read({ $0.checkOwner(id: id) }) else { return nil }
    let key = CheckKey(owner: owner, id: id)
    return registry.check(key).map { (key, $0) }
  }
}
