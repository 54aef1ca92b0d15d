import WeftDiscovery

/// Tokens, policies and bindings, for the doors of the registry.
extension Registry {
  /// Answers who may do what.
  public var access: AccessController {
    AccessController(configuration: configuration.access, source: self, cache: accessCache)
  }

  /// Sees to it that there is a token with the secret that the registry was started with.
  func addInitialToken() {
    guard configuration.access.isEnabled, let secret = configuration.access.initialManagementSecret else {
      return
    }
    let hash = AccessToken.hash(ofSecret: secret)
    let state = accessState
    guard state.token(hash: hash) == nil else { return }
    var token = AccessToken.managementTemplate
    token.description = "Initial Management Token"
    token.accessor = randomUUID()
    token.secretHash = hash
    token.createdAt = wallClockMilliseconds
    enqueue(.access(state.isBootstrapped ? .createToken(token) : .bootstrap(token)))
  }

  // MARK: Tokens

  /// Makes the first management token, once. Its secret is told only here.
  public func bootstrapAccess(
    by actor: AuditActor = .registry
  ) async throws(RegistryError) -> (token: AccessToken, secret: String) {
    try await addToken(.managementTemplate, secret: nil, by: actor) { .bootstrap($0) }
  }

  /// Makes a token; its secret is told only here.
  /// - Parameters:
  ///   - token: an empty accessor is replaced by a random one.
  ///   - secret: a UUID of one's own, or nil for a random one.
  public func createToken(
    _ token: AccessToken, secret: String? = nil, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> (token: AccessToken, secret: String) {
    if let expiresAt = token.expiresAt, expiresAt <= wallClockMilliseconds {
      throw .invalidArgument(field: "token.expire_time", reason: "is in the past")
    }
    return try await addToken(token, secret: secret, by: actor) { .createToken($0) }
  }

  private func addToken(
    _ token: AccessToken, secret: String?, by actor: AuditActor,
    _ command: (AccessToken) -> AccessCommand
  ) async throws(RegistryError) -> (token: AccessToken, secret: String) {
    try requireAccessControl()
    if let secret { try validateSecret(secret, field: "secret") }
    let secret = secret ?? randomUUID()
    var token = token
    if token.accessor.isEmpty { token.accessor = randomUUID() }
    token.secretHash = AccessToken.hash(ofSecret: secret)
    token.createdAt = wallClockMilliseconds
    let outcome = try await submit(.access(command(token.validated())), by: actor)
    guard case .access(.token(let created)) = outcome.value else { return (token, secret) }
    return (created, secret)
  }

  /// Replaces the description and what a token may do; its secret and its times stay.
  public func updateToken(
    _ token: AccessToken, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> AccessToken {
    try requireAccessControl()
    let outcome = try await submit(.access(.updateToken(token.validated())), by: actor)
    guard case .access(.token(let updated)) = outcome.value else { return token }
    return updated
  }

  /// A token that is not there is no error.
  public func removeToken(accessor: String, by actor: AuditActor = .registry) async throws(RegistryError) {
    try requireAccessControl()
    _ = try await submit(.access(.removeToken(accessor: accessor)), by: actor)
  }

  public func token(accessor: String) -> AccessToken? {
    let state = accessState
    return state.tokens[accessor].map { state.told($0) }
  }

  public func token(secret: String) -> AccessToken? {
    let state = accessState
    return state.token(hash: AccessToken.hash(ofSecret: secret)).map { state.told($0) }
  }

  /// Sorted by accessor.
  public func tokens() -> [AccessToken] {
    let state = accessState
    return state.tokens.values.map { state.told($0) }.sorted { $0.accessor < $1.accessor }
  }

  // MARK: Policies

  /// Makes a policy. An empty id is replaced by a random one.
  public func createPolicy(
    _ policy: AccessPolicy, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> AccessPolicy {
    var policy = policy
    if policy.id.isEmpty { policy.id = randomUUID() }
    return try await submit(policy, by: actor) { .createPolicy($0) }
  }

  /// Replaces a policy.
  public func updatePolicy(
    _ policy: AccessPolicy, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> AccessPolicy {
    try await submit(policy, by: actor) { .updatePolicy($0) }
  }

  private func submit(
    _ policy: AccessPolicy, by actor: AuditActor, _ command: (AccessPolicy) -> AccessCommand
  ) async throws(RegistryError) -> AccessPolicy {
    try requireAccessControl()
    let outcome = try await submit(.access(command(policy.validated())), by: actor)
    guard case .access(.policy(let stored)) = outcome.value else { return policy }
    return stored
  }

  /// Tokens and bindings lose it at once. A policy that is not there is no error.
  public func removePolicy(id: String, by actor: AuditActor = .registry) async throws(RegistryError) {
    try requireAccessControl()
    _ = try await submit(.access(.removePolicy(id: id)), by: actor)
  }

  public func policy(id: String) -> AccessPolicy? { accessState.policies[id] }

  public func policy(named name: String) -> AccessPolicy? { accessState.policy(named: name) }

  /// Sorted by name.
  public func policies() -> [AccessPolicy] {
    accessState.policies.values.sorted { $0.name < $1.name }
  }

  // MARK: Bindings

  /// Gives policies to the bearers of certificates with an identity, instead of those that they had.
  public func putBinding(
    _ binding: AccessBinding, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> AccessBinding {
    try requireAccessControl()
    let outcome = try await submit(.access(.putBinding(binding.validated())), by: actor)
    guard case .access(.binding(let stored)) = outcome.value else { return binding }
    return stored
  }

  public func removeBinding(identity: String, by actor: AuditActor = .registry) async throws(RegistryError) {
    try requireAccessControl()
    _ = try await submit(.access(.removeBinding(identity: identity)), by: actor)
  }

  /// Sorted by identity.
  public func bindings() -> [AccessBinding] {
    accessState.bindings.values.sorted { $0.identity < $1.identity }
  }

  private func requireAccessControl() throws(RegistryError) {
    guard configuration.access.isEnabled else {
      throw .failedPrecondition("the registry was started without access control")
    }
  }
}

extension Registry: AccessSource {
  var accessState: AccessState { state.withLock { $0.core.access } }

  var wallClockMilliseconds: Int64 { wallClock().milliseconds }
}

extension AccessToken {
  fileprivate static let managementTemplate = AccessToken(
    description: "Bootstrap Token (Global Management)", policies: [AccessPolicy.managementID])
}
