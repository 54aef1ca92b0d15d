import WeftDiscovery

/// All tokens, policies and bindings, as committed.
struct AccessState: Sendable {
  private(set) var tokens: [String: AccessToken] = [:]
  private(set) var policies: [String: AccessPolicy] = [:]
  private(set) var bindings: [String: AccessBinding] = [:]
  private(set) var isBootstrapped = false
  /// Accessors by the hash of the secret.
  private var byHash: [String: String] = [:]
  /// Rules of the policies, read once.
  private var rules: [String: [AccessRule]] = [:]
  /// Of the last change; a decision that was made after it still holds.
  private(set) var lastRevision: UInt64

  init(_ changes: [AccessChange] = [], revision: UInt64 = 0) {
    lastRevision = revision
    for change in changes { apply(change, revision: revision) }
    if tokens[AccessToken.anonymousAccessor] == nil { apply(.putToken(.anonymous), revision: revision) }
    apply(.putPolicy(.management), revision: revision)
  }

  /// Never 0, never falling.
  var index: UInt64 { max(lastRevision, 1) }

  mutating func apply(_ change: AccessChange, revision: UInt64) {
    lastRevision = max(lastRevision, revision)
    switch change {
    case .putToken(let token):
      if let old = tokens.updateValue(token, forKey: token.accessor) { byHash[old.secretHash] = nil }
      if !token.secretHash.isEmpty { byHash[token.secretHash] = token.accessor }
    case .removedToken(let accessor):
      if let old = tokens.removeValue(forKey: accessor) { byHash[old.secretHash] = nil }
    case .putPolicy(let policy):
      policies[policy.id] = policy
      // They were read when the policy came; a release that knows fewer words takes none of them.
      rules[policy.id] = (try? AccessRuleParser.parse(policy.rules)) ?? []
    case .removedPolicy(let id):
      policies[id] = nil
      rules[id] = nil
    case .putBinding(let binding): bindings[binding.identity] = binding
    case .removedBinding(let identity): bindings[identity] = nil
    case .bootstrapped: isBootstrapped = true
    }
  }

  func token(hash: String) -> AccessToken? { byHash[hash].flatMap { tokens[$0] } }

  func policy(named name: String) -> AccessPolicy? { policies.values.first { $0.name == name } }

  /// The token without policies that are gone.
  func told(_ token: AccessToken) -> AccessToken {
    var token = token
    token.policies.removeAll { policies[$0] == nil }
    return token
  }

  // MARK: Rules

  func grants(of token: AccessToken) -> AccessGrants {
    var all = token.policies.flatMap { rules[$0] ?? [] }
    for service in token.services { all += Self.rules(ofService: service) }
    for node in token.nodes {
      all += [AccessRule(.node, node, .write), AccessRule(.service, .read)]
    }
    return AccessGrants(all)
  }

  /// What certificates with these identities may do.
  func grants(ofIdentities identities: [String]) -> AccessGrants {
    let names = identities.compactMap { ServiceIdentity.service(of: $0) }
    var all = names.flatMap { Self.rules(ofService: $0) }
    for binding in bindings.values where binding.holds(for: identities + names) {
      all += binding.policies.flatMap { rules[$0] ?? [] }
    }
    return AccessGrants(all)
  }

  /// Consul's rules of a service identity: to register under its own name and to find all others.
  private static func rules(ofService name: String) -> [AccessRule] {
    [
      AccessRule(.service, name, .write), AccessRule(.service, .read),
      AccessRule(.node, .read),
    ]
  }
}

extension AccessBinding {
  func holds(for identities: [String]) -> Bool {
    if identity.hasSuffix("*") { return identities.contains { $0.hasPrefix(identity.dropLast()) } }
    return identities.contains(identity)
  }
}
