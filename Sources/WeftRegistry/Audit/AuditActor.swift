/// Who does something: for the audit log and for errors. Never a secret.
public struct AuditActor: Sendable, Hashable {
  /// Such as `certificate config`, `token 6f0b… (deploy)`, `anonymous`, `registry`.
  public var name: String
  /// Where it calls from; empty for the registry itself.
  public var address: String

  public init(name: String, address: String = "") {
    self.name = name
    self.address = address
  }

  /// What happens by itself: leases that run out, checks.
  public static let registry = AuditActor(name: "registry")

  static func anonymous(_ credential: AccessCredential) -> AuditActor {
    AuditActor(name: "anonymous", address: credential.address)
  }

  static func certificate(_ names: [String], _ credential: AccessCredential) -> AuditActor {
    let name = names.isEmpty ? "certificate without a name" : "certificate \(names.joined(separator: ", "))"
    return AuditActor(name: name, address: credential.address)
  }

  static func token(_ token: AccessToken, _ credential: AccessCredential) -> AuditActor {
    let description = token.description.isEmpty ? "" : " (\(token.description))"
    return AuditActor(name: "token \(token.accessor)\(description)", address: credential.address)
  }
}
