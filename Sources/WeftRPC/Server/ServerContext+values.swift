/// Names a value of one's own in the context of a call, which an interceptor puts there for handlers.
public protocol ServerContextKey {
  associatedtype Value: Sendable
}

extension ServerContext {
  /// A value that was put into the call's context, by its key.
  public subscript<Key: ServerContextKey>(key: Key.Type) -> Key.Value? {
    get { call.reply.withLock { $0.values[ObjectIdentifier(key)] as? Key.Value } }
    nonmutating set { call.reply.withLock { $0.values[ObjectIdentifier(key)] = newValue } }
  }

  /// The first name in the caller's verified certificate: its SPIFFE identity, where it has one.
  public var identity: String? { peer.identities.first }

  /// What the caller's verified token says, when the server has an ``Authorizer`` that verifies tokens.
  public var claims: TokenClaims? { self[TokenClaims.InContext.self] }

  /// Time that is left until the caller stops waiting; nil when it waits for ever.
  public var timeLeft: Duration? { deadline.map { max($0 - .now, .zero) } }
}

extension TokenClaims {
  enum InContext: ServerContextKey {
    typealias Value = TokenClaims
  }
}
