import WeftHost
import WeftRegistry

/// Settings of the catalogue of a registry.
enum RegistrySettings {
  static let datacenter = SettingKey<String>(
    "datacenter", default: "dc1", help: "what Consul's clients call the place where this registry is",
    check: { $0.isEmpty || $0.contains("/") ? "must be a name" : nil })
  static let selfProtection = SettingKey<Double>(
    "self-protection", default: 0.5, in: 0...1,
    help: "when more than this share of a service falls silent at once, it stays for a while; 1 turns it off")

  static let all: [any SettingDeclaration] = [datacenter, selfProtection]

  static func apply(_ settings: Settings, to configuration: inout RegistryConfiguration) {
    configuration.datacenter = settings[datacenter]
    configuration.selfProtection.share = settings[selfProtection]
    let advertised = settings[HostSettings.host]
    if advertised != "0.0.0.0", advertised != "::" { configuration.nodeAddress = advertised }
  }
}
