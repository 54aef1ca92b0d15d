import Logging
import NIOCore
import WeftDNS
import WeftHost
import WeftRegistry

/// The registry's DNS door: its settings, and how it starts.
enum RegistryDNS {
  static let usualPort = 8_600
  static let port = SettingKey<DoorPort>(
    "dns-port", default: .automatic,
    help: "port for DNS over UDP and TCP: auto for \(usualPort), 0 for any free one, or off")
  static let domain = SettingKey<String>(
    "dns-domain", default: "consul", help: "domain that DNS answers for",
    check: { DNSZoneSettings.isDomain($0) ? nil : "must be a domain name" })
  static let serviceTTL = SettingKey<String>(
    "dns-service-ttl", default: "0s",
    help: "how long DNS clients may keep answers about services: 5s, or web=10s,db*=1m,*=5s",
    check: { ServiceTimes($0) == nil ? "must be a time, or NAME=TIME pairs with commas between them" : nil })
  static let nodeTTL = SettingKey<Duration>(
    "dns-node-ttl", default: .zero, in: .zero ... .seconds(604_800),
    help: "how long DNS clients may keep answers about nodes")

  static let token = SettingKey<String>(
    "dns-token", default: "",
    help:
      "secret of the token whose rights DNS has, as queries carry none; without it what everybody may read",
    check: { AccessToken.isSecret($0) || $0.isEmpty ? nil : "must be a UUID" })

  static let settings: [any SettingDeclaration] = [port, domain, serviceTTL, nodeTTL, token]

  /// Nil when DNS is off.
  static func start(
    settings: Settings, registryPort: Int, registry: Registry, group: any EventLoopGroup, logger: Logger
  ) async throws -> DNSServer? {
    guard let number = settings[port].number(usual: usualPort, registryPort: registryPort) else { return nil }
    let host = settings[HostSettings.host]
    guard
      let responder = DNSResponder(
        settings: zone(settings),
        catalogue: RegistryNames(
          registry: registry, token: settings[token].isEmpty ? nil : settings[token]))
    else { throw Failure("dns-domain: \(settings[domain]) is too long for a domain name") }
    var configuration = DNSServerConfiguration()
    configuration.host = host
    configuration.port = number
    let server = DNSServer(responder: responder, configuration: configuration, group: group, logger: logger)
    let address = try await ListenError.explaining(host: host, port: number, setting: port.name) {
      try await server.start()
    }
    logger.info(
      "answering DNS",
      metadata: [
        "address": "\(address.ipAddress ?? "-")", "port": "\(address.port ?? 0)",
        "domain": "\(settings[domain])",
      ])
    return server
  }

  private static func zone(_ settings: Settings) -> DNSZoneSettings {
    var zone = DNSZoneSettings()
    zone.domain = settings[domain]
    zone.nodeTTL = UInt32(clamping: settings[nodeTTL].components.seconds)
    let times = ServiceTimes(settings[serviceTTL])
    zone.serviceTTL = times?.all ?? 0
    zone.serviceTTLs = times?.named ?? [:]
    // Of all interfaces, nobody here knows which one others reach.
    if let address = IPAddress(settings[HostSettings.host]), !address.isUnspecified {
      zone.addresses = [address]
    }
    return zone
  }
}
