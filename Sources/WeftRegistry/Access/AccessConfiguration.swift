/// Whether a registry asks who asks, and what it does with those of whom no rule speaks.
public struct AccessConfiguration: Sendable {
  /// Whether tokens, policies and bindings are in force. Otherwise only ``certificates`` counts.
  public var isEnabled = false
  /// What is allowed that no rule speaks of: everything but changing the rules, or nothing.
  public var allowsByDefault = true
  /// What certificates may change while no rules are in force, and whose may do everything.
  public var certificates = RegistryAccessPolicy.open
  /// Secret of a management token that is made with the start, for whoever sets the registry up by script.
  public var initialManagementSecret: String?

  public init() {}
}

/// How a client shows who it is.
public struct AccessCredential: Sendable, Hashable {
  /// The secret of a token; empty and nil when it shows none.
  public var token: String?
  /// Names in its verified certificate; nil where the door asks for no certificate.
  public var identities: [String]?
  /// Where it calls from, for the audit log.
  public var address: String

  public init(token: String? = nil, identities: [String]? = nil, address: String = "") {
    self.token = token
    self.identities = identities
    self.address = address
  }
}
