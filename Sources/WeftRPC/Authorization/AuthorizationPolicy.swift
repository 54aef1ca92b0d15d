import WeftHTTP2

/// Who may call which method (gRFC A43): calls that a deny rule matches are refused, then those that no allow
/// rule matches.
public struct AuthorizationPolicy: Sendable, Hashable {
  /// Which decisions are written to the server's log.
  public enum Audit: Sendable, Hashable {
    case none, denied, allowed, all
  }

  /// For people and logs.
  public var name: String
  public var denyRules: [AuthorizationRule]
  public var allowRules: [AuthorizationRule]
  public var audit: Audit

  public init(
    name: String, deny denyRules: [AuthorizationRule] = [], allow allowRules: [AuthorizationRule],
    audit: Audit = .none
  ) {
    self.name = name
    self.denyRules = denyRules
    self.allowRules = allowRules
    self.audit = audit
  }

  struct Decision: Equatable {
    var isAllowed: Bool
    /// The rule that decided; nil when no allow rule matched.
    var rule: String?
  }

  func decide(_ subject: AuthorizationRule.Subject) -> Decision {
    if let rule = denyRules.first(where: { $0.matches(subject) }) {
      return Decision(isAllowed: false, rule: rule.name)
    }
    let rule = allowRules.first { $0.matches(subject) }
    return Decision(isAllowed: rule != nil, rule: rule?.name)
  }
}

/// Why a policy was refused, and where in it.
public struct AuthorizationPolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Such as `allow_rules[1].request.paths[0]`; empty for the policy as a whole.
  public let path: String
  public let reason: String

  public var description: String {
    path.isEmpty ? "authorisation policy: \(reason)" : "authorisation policy: \(path): \(reason)"
  }
}
