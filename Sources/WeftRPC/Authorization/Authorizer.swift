import Logging
import Synchronization
import WeftHTTP2

/// Decides which calls a server takes, by a policy that may be replaced while it serves.
///
/// Calls that are refused reach neither interceptors nor handlers: PERMISSION_DENIED by the policy,
/// UNAUTHENTICATED for a token that is not to be believed.
public final class Authorizer: Sendable {
  private let policyNow: Mutex<AuthorizationPolicy>
  private let changes = Atomic<Int>(1)
  private let verifier: (any TokenVerifier)?
  private let logger: Logger

  /// - Parameter verifier: checks the callers' bearer tokens; without one, claims match nothing.
  public init(
    _ policy: AuthorizationPolicy, verifier: (any TokenVerifier)? = nil,
    logger: Logger = Logger(label: "weft.authorization")
  ) {
    policyNow = Mutex(policy)
    self.verifier = verifier
    self.logger = logger
  }

  public var policy: AuthorizationPolicy { policyNow.withLock { $0 } }

  /// Decides by another policy from the next call on. Calls that run go on.
  public func replace(with policy: AuthorizationPolicy) {
    policyNow.withLock { $0 = policy }
    changes.wrappingAdd(1, ordering: .releasing)
  }

  /// Grows with every policy.
  var version: Int { changes.load(ordering: .acquiring) }

  /// A call that may pass.
  struct Admission {
    /// The claims of the caller's token, when it has one.
    var claims: TokenClaims?
    /// Whether the next call for the same method with the same fields may pass unseen, while ``version`` is
    /// the same. Tokens end with time, and an audit wants every call.
    var holdsForTheSameFields: Bool
  }

  /// Lets a call pass, or refuses it.
  ///
  /// - Throws: ``RPCError``.
  func admit(_ path: String, _ peer: PeerInfo, _ fields: HTTPFields) throws -> Admission {
    let claims = try claims(fields)
    let subject = AuthorizationRule.Subject(
      path: path, identities: peer.identities, claims: claims, fields: fields)
    let policy = policy
    let decision = policy.decide(subject)
    audit(decision, policy, subject, peer)
    if decision.isAllowed {
      return Admission(claims: claims, holdsForTheSameFields: claims == nil && policy.audit == .none)
    }
    MetricsRegistry.shared.counter(
      "weft_server_calls_denied_total", ["grpc_method": String(path.dropFirst())],
      help: "Calls that the authorisation policy refused."
    ).add()
    // Who asked and for what is what the caller knows; the rules are not.
    throw RPCError(.permissionDenied, "\(Self.name(of: subject, peer)) may not call \(path)")
  }

  private func claims(_ fields: HTTPFields) throws -> TokenClaims? {
    guard let verifier, let header = fields["authorization"] else { return nil }
    // Other schemes are for whoever asked for them (RFC 9110, 11.1: schemes know no case).
    let scheme = "bearer "
    guard header.prefix(scheme.count).lowercased() == scheme else { return nil }
    do {
      return try verifier.verify(String(header.dropFirst(scheme.count)))
    } catch {
      throw RPCError(
        .unauthenticated,
        "the token is not accepted: \((error as? TokenError)?.reason ?? "it is no valid token")")
    }
  }

  private static func name(of subject: AuthorizationRule.Subject, _ peer: PeerInfo) -> String {
    subject.claims?.subject ?? subject.identities.first ?? "a caller without a name (\(peer.remoteAddress))"
  }

  private func audit(
    _ decision: AuthorizationPolicy.Decision, _ policy: AuthorizationPolicy,
    _ subject: AuthorizationRule.Subject, _ peer: PeerInfo
  ) {
    switch policy.audit {
    case .none: return
    case .denied: if decision.isAllowed { return }
    case .allowed: if !decision.isAllowed { return }
    case .all: break
    }
    logger.notice(
      "authorisation",
      metadata: [
        "authorised": "\(decision.isAllowed)", "method": "\(subject.path)",
        "principal": "\(Self.name(of: subject, peer))", "policy": "\(policy.name)",
        "rule": "\(decision.rule ?? "none")",
      ])
  }
}
