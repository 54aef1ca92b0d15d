import WeftHost
import WeftRegistry

/// Who may do what in a registry, how often, and where that is written down.
enum RegistryAccessSettings {
  static let defaultPolicy = SettingKey<String>(
    "default-policy", default: "",
    help: "allow or deny: what no rule of the registry speaks of; given, tokens and policies are in force",
    check: { ["", "allow", "deny"].contains($0) ? nil : "must be allow or deny" })
  static let initialToken = SettingKey<String>(
    "initial-management-token", default: "",
    help:
      "UUID that opens everything in the registry from the start; given, tokens and policies are in force",
    check: { AccessToken.isSecret($0) || $0.isEmpty ? nil : "must be a UUID" })
  static let auditLog = SettingKey<String>(
    "audit-log", default: "",
    help: "file of who changed what in the registry; DATA/audit.log by default, 'off' for none")
  static let rateLimit = SettingKey<Double>(
    "rate-limit", default: 0, in: 0...1_000_000_000,
    help:
      "requests a second that one client may make of the registry, by certificate or address; 0 for any number"
  )

  static let all: [any SettingDeclaration] = [defaultPolicy, initialToken, auditLog, rateLimit]

  static func apply(_ settings: Settings, data: String, to configuration: inout RegistryConfiguration) {
    let (policy, token) = (settings[defaultPolicy], settings[initialToken])
    configuration.access.isEnabled = !policy.isEmpty || !token.isEmpty
    configuration.access.allowsByDefault = policy != "deny"
    configuration.access.initialManagementSecret = token.isEmpty ? nil : token
    let path = settings[auditLog]
    configuration.audit =
      path == "off" ? nil : AuditConfiguration(path: path.isEmpty ? "\(data)/audit.log" : path)
    let rate = settings[rateLimit]
    configuration.rateLimit = rate > 0 ? RateLimit(requestsPerSecond: rate) : nil
  }
}
