/// Who does something: for the audit log and for errors. Never a secret.
public struct AuditActor: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case registry
    case anonymous
    case certificate([String])
    case token(accessor: String, description: String)
    case other(String)
  }

  let kind: Kind
  /// Where it calls from; empty for the registry itself.
  public var address: String

  init(_ kind: Kind, address: String) {
    self.kind = kind
    self.address = address
  }

  public init(name: String, address: String = "") {
    self.init(.other(name), address: address)
  }

  /// What happens by itself: leases that run out, checks.
  public static let registry = AuditActor(.registry, address: "")

  /// Such as `certificate config`, `token 6f0b… (deploy)`, `anonymous`, `registry`. Made when it is asked for:
  /// every request has an actor, and few of them are named.
  public var name: String {
    switch kind {
    case .registry: return "registry"
    case .anonymous: return "anonymous"
    case .certificate(let names):
      return names.isEmpty ? "certificate without a name" : "certificate \(names.joined(separator: ", "))"
    case .token(let accessor, let description):
      return description.isEmpty ? "token \(accessor)" : "token \(accessor) (\(description))"
    case .other(let name): return name
    }
  }

  static func anonymous(_ credential: AccessCredential) -> AuditActor {
    AuditActor(.anonymous, address: credential.address)
  }

  static func certificate(_ names: [String], _ credential: AccessCredential) -> AuditActor {
    AuditActor(.certificate(names), address: credential.address)
  }

  static func token(_ token: AccessToken, _ credential: AccessCredential) -> AuditActor {
    AuditActor(
      .token(accessor: token.accessor, description: token.description), address: credential.address)
  }
}
