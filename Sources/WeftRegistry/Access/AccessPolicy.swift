/// Rules with a name, for tokens and certificate identities.
public struct AccessPolicy: Sendable, Hashable, Codable {
  /// A UUID.
  public var id: String
  public var name: String
  public var description: String
  /// In Consul's language, as they were given.
  public var rules: String
  public var createdRevision: UInt64
  public var modifiedRevision: UInt64

  /// Consul's id of the policy that allows everything.
  public static let managementID = "00000000-0000-0000-0000-000000000001"

  public init(
    id: String = "", name: String = "", description: String = "", rules: String = "",
    createdRevision: UInt64 = 0, modifiedRevision: UInt64 = 0
  ) {
    self.id = id
    self.name = name
    self.description = description
    self.rules = rules
    self.createdRevision = createdRevision
    self.modifiedRevision = modifiedRevision
  }

  static let management = AccessPolicy(
    id: managementID, name: "global-management",
    description: "Builtin Policy that grants unlimited access",
    rules: """
      acl = "write"
      agent_prefix "" { policy = "write" }
      event_prefix "" { policy = "write" }
      key_prefix "" { policy = "write" }
      keyring = "write"
      node_prefix "" { policy = "write" }
      operator = "write"
      query_prefix "" { policy = "write" }
      service_prefix "" { policy = "write" }
      session_prefix "" { policy = "write" }
      """, createdRevision: 1, modifiedRevision: 1)
}

/// What the bearers of a certificate may do, beside registering under its name.
public struct AccessBinding: Sendable, Hashable, Codable {
  /// The identity in the certificate, such as `spiffe://weft.internal/service/config`, or the service's name alone.
  /// With a star at its end it stands for all that begin so.
  public var identity: String
  /// Ids of policies.
  public var policies: [String]
  public var createdRevision: UInt64
  public var modifiedRevision: UInt64

  public init(
    identity: String, policies: [String] = [], createdRevision: UInt64 = 0, modifiedRevision: UInt64 = 0
  ) {
    self.identity = identity
    self.policies = policies
    self.createdRevision = createdRevision
    self.modifiedRevision = modifiedRevision
  }
}

/// What happened to who may do what.
public enum AccessChange: Sendable, Hashable {
  case putToken(AccessToken)
  case removedToken(String)
  case putPolicy(AccessPolicy)
  case removedPolicy(String)
  case putBinding(AccessBinding)
  case removedBinding(String)
  /// The first management token was made; there is no second one that way.
  case bootstrapped
}
