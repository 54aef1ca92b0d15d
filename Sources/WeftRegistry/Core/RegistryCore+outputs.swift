import WeftDiscovery

/// What checks say while their status stays: in memory, and without a revision.
extension RegistryCore {
  /// A check says something else while its status stays.
  mutating func say(_ output: String, of key: CheckKey) {
    guard let check = catalogue.check(key), output != outputs[key] ?? check.state.output else { return }
    outputs[key] = output
    outputVersion += 1
    var scopes: Set<Scope> = [.checks, .checksInState(check.state.status), .node(key.owner.node)]
    switch key.owner {
    case .instance(let instance): scopes.insert(.service(instance.service))
    case .node(let name):
      for record in catalogue.records(onNode: name) { scopes.insert(.service(record.key.service)) }
    }
    outputVersions.touch(scopes, revision: outputVersion)
  }

  /// What is stored now is newer.
  mutating func forgetOutputs(of owner: CheckOwner, _ checks: [HealthCheck]?) {
    guard !outputs.isEmpty, let checks else { return }
    for check in checks { outputs[CheckKey(owner: owner, id: check.id)] = nil }
  }
}
