/// What a batch makes of tokens, policies and bindings.
///
/// Changes are rare, so a batch works on a whole copy of the state.
struct AccessPlanner: Sendable {
  private(set) var state: AccessState
  let limits: RegistryLimits
  private var changes: [AccessChange] = []

  init(base: AccessState, limits: RegistryLimits) {
    state = base
    self.limits = limits
  }

  mutating func takeChanges() -> [AccessChange] {
    defer { changes = [] }
    return changes
  }

  mutating func perform(_ command: AccessCommand, revision: UInt64) throws(RegistryError) -> AccessOutcome {
    switch command {
    case .bootstrap(let token):
      guard !state.isBootstrapped else {
        throw .permissionDenied("the first management token has been made already; use it to make others")
      }
      let outcome = try create(token, revision: revision)
      change(.bootstrapped, revision: revision)
      return outcome
    case .createToken(let token): return try create(token, revision: revision)
    case .updateToken(let token): return try update(token, revision: revision)
    case .removeToken(let accessor):
      guard accessor != AccessToken.anonymousAccessor else {
        throw .invalidArgument(field: "accessor", reason: "the anonymous token cannot be removed")
      }
      if state.tokens[accessor] != nil { change(.removedToken(accessor), revision: revision) }
      return .removed
    case .createPolicy(let policy): return try create(policy, revision: revision)
    case .updatePolicy(let policy): return try update(policy, revision: revision)
    case .removePolicy(let id):
      guard id != AccessPolicy.managementID else {
        throw .invalidArgument(field: "id", reason: "the policy global-management cannot be removed")
      }
      if state.policies[id] != nil { change(.removedPolicy(id), revision: revision) }
      return .removed
    case .putBinding(let binding): return try put(binding, revision: revision)
    case .removeBinding(let identity):
      if state.bindings[identity] != nil { change(.removedBinding(identity), revision: revision) }
      return .removed
    }
  }

  // MARK: Tokens

  private mutating func create(_ token: AccessToken, revision: UInt64) throws(RegistryError) -> AccessOutcome
  {
    guard state.tokens.count < limits.accessTokens else {
      throw .resourceExhausted("the registry holds its limit of \(limits.accessTokens) tokens")
    }
    guard state.tokens[token.accessor] == nil else {
      throw .invalidArgument(field: "token.accessor", reason: "there is a token \(token.accessor) already")
    }
    guard state.token(hash: token.secretHash) == nil else {
      throw .invalidArgument(field: "token.secret", reason: "is the secret of another token")
    }
    try requirePolicies(token.policies, field: "token.policies")
    var token = token
    token.createdRevision = revision
    token.modifiedRevision = revision
    change(.putToken(token), revision: revision)
    return .token(token)
  }

  private mutating func update(_ token: AccessToken, revision: UInt64) throws(RegistryError) -> AccessOutcome
  {
    guard let old = state.tokens[token.accessor] else {
      throw .notFound("accessor: there is no token \(token.accessor)")
    }
    try requirePolicies(token.policies, field: "token.policies")
    var updated = token
    updated.secretHash = old.secretHash
    updated.createdAt = old.createdAt
    updated.expiresAt = old.expiresAt
    updated.createdRevision = old.createdRevision
    updated.modifiedRevision = old.modifiedRevision
    guard updated != old else { return .token(old) }
    updated.modifiedRevision = revision
    change(.putToken(updated), revision: revision)
    return .token(updated)
  }

  // MARK: Policies

  private mutating func create(_ policy: AccessPolicy, revision: UInt64) throws(RegistryError)
    -> AccessOutcome
  {
    guard state.policies.count < limits.accessPolicies else {
      throw .resourceExhausted("the registry holds its limit of \(limits.accessPolicies) policies")
    }
    guard state.policies[policy.id] == nil else {
      throw .invalidArgument(field: "policy.id", reason: "there is a policy \(policy.id) already")
    }
    try requireFreeName(policy)
    var policy = policy
    policy.createdRevision = revision
    policy.modifiedRevision = revision
    change(.putPolicy(policy), revision: revision)
    return .policy(policy)
  }

  private mutating func update(_ policy: AccessPolicy, revision: UInt64) throws(RegistryError)
    -> AccessOutcome
  {
    guard let old = state.policies[policy.id] else {
      throw .notFound("id: there is no policy \(policy.id)")
    }
    guard policy.id != AccessPolicy.managementID else {
      throw .invalidArgument(field: "policy.id", reason: "the policy global-management cannot be changed")
    }
    try requireFreeName(policy)
    var updated = policy
    updated.createdRevision = old.createdRevision
    updated.modifiedRevision = old.modifiedRevision
    guard updated != old else { return .policy(old) }
    updated.modifiedRevision = revision
    change(.putPolicy(updated), revision: revision)
    return .policy(updated)
  }

  private mutating func put(_ binding: AccessBinding, revision: UInt64) throws(RegistryError) -> AccessOutcome
  {
    let old = state.bindings[binding.identity]
    guard old != nil || state.bindings.count < limits.accessBindings else {
      throw .resourceExhausted("the registry holds its limit of \(limits.accessBindings) bindings")
    }
    try requirePolicies(binding.policies, field: "binding.policies")
    var binding = binding
    binding.createdRevision = old?.createdRevision ?? revision
    binding.modifiedRevision = old?.modifiedRevision ?? revision
    if let old, old == binding { return .binding(old) }
    binding.modifiedRevision = revision
    change(.putBinding(binding), revision: revision)
    return .binding(binding)
  }

  // MARK: Checks

  private func requirePolicies(_ ids: [String], field: String) throws(RegistryError) {
    for (index, id) in ids.enumerated() where state.policies[id] == nil {
      throw .invalidArgument(
        field: "\(field)[\(index)]", reason: "there is no policy \(FieldCheck(field: field).quoted(id))")
    }
  }

  private func requireFreeName(_ policy: AccessPolicy) throws(RegistryError) {
    if let other = state.policy(named: policy.name), other.id != policy.id {
      throw .invalidArgument(field: "policy.name", reason: "the policy \(other.id) has this name already")
    }
  }

  private mutating func change(_ change: AccessChange, revision: UInt64) {
    state.apply(change, revision: revision)
    changes.append(change)
  }
}
