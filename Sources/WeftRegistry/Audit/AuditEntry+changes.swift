import WeftDiscovery

extension AuditEntry {
  init(_ command: RegistryCommand, by actor: AuditActor, _ entry: LoggedRevision, time: Int64) {
    self.init(time: time, revision: entry.revision, actor: actor, action: command.auditAction)
    for change in entry.changes {
      guard let (name, isPut) = change.auditName else { continue }
      if isPut { put.append(name) } else { removed.append(name) }
    }
  }
}

extension RegistryCommand {
  var auditAction: String {
    switch self {
    case .catalogue(let operations): operations.count == 1 ? operations[0].auditAction : "catalogue.change"
    case .expire: "lease.expire"
    case .expireChecks: "check.expire"
    case .reap: "check.reap"
    case .putDescriptorSet, .collectDescriptorSets: "descriptors"
    case .keyValue(let operation): operation.auditAction
    case .transaction: "transaction"
    case .session(.create): "session.create"
    case .session(.destroy): "session.destroy"
    case .session(.expire): "session.expire"
    case .session(.forgetDelays): "session.forget-delays"
    case .access(let command): command.auditAction
    }
  }
}

extension CatalogueOperation {
  fileprivate var auditAction: String {
    switch self {
    case .register: "register"
    case .deregister: "deregister"
    case .putNode: "node.put"
    case .removeNode: "node.remove"
    case .putCheck: "check.put"
    case .removeCheck: "check.remove"
    case .setCheck: "check.set"
    case .setMaintenance: "maintenance"
    }
  }
}

extension KeyValueOperation {
  fileprivate var auditAction: String {
    switch self {
    case .set: "kv.set"
    case .compareAndSet: "kv.cas"
    case .lock: "kv.lock"
    case .unlock: "kv.unlock"
    case .delete, .compareAndDelete: "kv.delete"
    case .deleteTree: "kv.delete-tree"
    case .get, .getTree, .checkIndex, .checkSession, .checkNotExists: "kv.read"
    }
  }
}

extension AccessCommand {
  fileprivate var auditAction: String {
    switch self {
    case .bootstrap: "acl.bootstrap"
    case .createToken: "acl.token.create"
    case .updateToken: "acl.token.update"
    case .removeToken: "acl.token.remove"
    case .createPolicy: "acl.policy.create"
    case .updatePolicy: "acl.policy.update"
    case .removePolicy: "acl.policy.remove"
    case .putBinding: "acl.binding.put"
    case .removeBinding: "acl.binding.remove"
    }
  }
}

extension RegistryChange {
  /// What it is about, and whether that is there now; nil for what is nobody's business.
  fileprivate var auditName: (String, isPut: Bool)? {
    switch self {
    case .instance(.put(let record)): ("instance \(record.key)", true)
    case .instance(.removed(let key)): ("instance \(key)", false)
    case .node(.put(let node)): ("node \(node.name)", true)
    case .node(.removed(let name)): ("node \(name)", false)
    case .keyValue(.put(let record)): ("key \(record.entry.key)", true)
    case .keyValue(.removed(let key)): ("key \(key)", false)
    case .session(.put(let session)): ("session \(session.id)", true)
    case .session(.removed(let id)): ("session \(id)", false)
    case .session(.delayed), .session(.undelayed): nil
    case .access(.putToken(let token)): ("token \(token.accessor)", true)
    case .access(.removedToken(let accessor)): ("token \(accessor)", false)
    case .access(.putPolicy(let policy)): ("policy \(policy.name)", true)
    case .access(.removedPolicy(let id)): ("policy \(id)", false)
    case .access(.putBinding(let binding)): ("binding \(binding.identity)", true)
    case .access(.removedBinding(let identity)): ("binding \(identity)", false)
    case .access(.bootstrapped): ("bootstrap", true)
    }
  }
}
