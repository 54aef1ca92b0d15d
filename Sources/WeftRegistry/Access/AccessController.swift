import Synchronization
import WeftDiscovery

/// Where a controller finds the rules.
protocol AccessSource: AnyObject, Sendable {
  var accessState: AccessState { get }
  /// Milliseconds since 1970, by which tokens end.
  var wallClockMilliseconds: Int64 { get }
}

/// Decisions that still hold.
final class AccessCache: Sendable {
  struct Contents {
    var revision: UInt64 = 0
    /// By what was shown: the hash of a secret, or identities. Never the secret.
    var scopes: [String: AccessScope.Kind] = [:]
  }

  let contents = Mutex(Contents())
  static let limit = 10_000
}

/// Answers who may do what, for every door of a registry: RPC, HTTP, DNS.
public struct AccessController: Sendable {
  public let configuration: AccessConfiguration
  let source: any AccessSource
  let cache: AccessCache

  /// What a client may do. Throws PERMISSION_DENIED for a token that is not known or has ended.
  public func scope(of credential: AccessCredential) throws(RegistryError) -> AccessScope {
    guard configuration.isEnabled else { return scopeWithoutRules(credential) }
    if let secret = credential.token, !secret.isEmpty {
      return try tokenScope(hash: AccessToken.hash(ofSecret: secret), credential)
    }
    let identities = credential.identities ?? []
    let names = identities.compactMap { ServiceIdentity.service(of: $0) }
    if names.contains(where: { configuration.certificates.isAdministrator($0) }) {
      return AccessScope(kind: .all, actor: .certificate(names, credential))
    }
    let state = source.accessState
    guard !identities.isEmpty else {
      return scope("anonymous", .anonymous(credential), state) {
        state.tokens[AccessToken.anonymousAccessor].map { state.grants(of: $0) } ?? AccessGrants([])
      }
    }
    let key = "identities:" + identities.joined(separator: ",")
    return scope(key, .certificate(names.isEmpty ? identities : names, credential), state) {
      state.grants(ofIdentities: identities)
    }
  }

  /// Throws PERMISSION_DENIED when the client may not do this, and returns who it is.
  @discardableResult
  public func authorize(
    _ credential: AccessCredential, _ request: AccessRequest, field: String = ""
  ) throws(RegistryError) -> AuditActor {
    let scope = try scope(of: credential)
    try scope.require(request, field: field)
    return scope.actor
  }

  private func scopeWithoutRules(_ credential: AccessCredential) -> AccessScope {
    guard let identities = credential.identities, case .ownName = configuration.certificates else {
      return AccessScope(kind: .all, actor: .anonymous(credential))
    }
    let names = identities.compactMap { ServiceIdentity.service(of: $0) }
    let actor = AuditActor.certificate(names, credential)
    if names.contains(where: { configuration.certificates.isAdministrator($0) }) {
      return AccessScope(kind: .all, actor: actor)
    }
    return AccessScope(kind: .ownName(names), actor: actor)
  }

  private func tokenScope(hash: String, _ credential: AccessCredential) throws(RegistryError) -> AccessScope {
    let state = source.accessState
    // The time is asked for each call, the rules only when they have changed.
    guard let token = state.token(hash: hash), (token.expiresAt ?? .max) > source.wallClockMilliseconds else {
      throw .permissionDenied("the token is not known")
    }
    return scope("token:" + hash, .token(token, credential), state) { state.grants(of: token) }
  }

  private func scope(
    _ key: String, _ actor: AuditActor, _ state: AccessState, _ grants: () -> AccessGrants
  ) -> AccessScope {
    let revision = state.lastRevision
    let cached = cache.contents.withLock { $0.revision == revision ? $0.scopes[key] : nil }
    // The same rules, whoever shows them from wherever.
    if let cached { return AccessScope(kind: cached, actor: actor) }
    let kind = AccessScope.Kind.rules(grants(), allowsByDefault: configuration.allowsByDefault)
    cache.contents.withLock { contents in
      if contents.revision != revision || contents.scopes.count >= AccessCache.limit {
        contents = AccessCache.Contents(revision: revision)
      }
      contents.scopes[key] = kind
    }
    return AccessScope(kind: kind, actor: actor)
  }
}
