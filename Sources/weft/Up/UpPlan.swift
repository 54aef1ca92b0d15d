import WeftHost
import WeftSupervisor

/// What `weft up` starts, where, and how each part is told of the others.
struct UpPlan {
  static let registryPort = SettingKey<Int>(
    "registry-port", default: 8502, in: 0...65_535, help: "port of the registry; 0 for any free one")
  static let registryDNSPort = SettingKey<DoorPort>(
    "registry-dns-port", default: .automatic,
    help: "port of the registry for DNS: auto for \(RegistryDNS.usualPort), 0 for any free one, or off")
  static let registryHTTPPort = SettingKey<DoorPort>(
    "registry-http-port", default: .automatic,
    help:
      "port of the registry for Consul's HTTP API and the page: auto for \(RegistryHTTP.usualPort), 0 for any free one, or off"
  )
  static let gatewayPort = SettingKey<Int>(
    "gateway-port", default: 8206, in: 0...65_535, help: "port of the gateway; 0 for any free one")
  static let configPort = SettingKey<Int>(
    "config-port", default: 8213, in: 0...65_535, help: "port of the config service; 0 for any free one")
  static let gatewayHost = SettingKey<String>(
    "gateway-host", default: "127.0.0.1",
    help: "address the gateway listens on; it is plain HTTP: keep it local")

  static let settings: [any SettingDeclaration] =
    [
      registryPort, registryDNSPort, registryHTTPPort, gatewayPort, configPort, gatewayHost,
      HostSettings.certificates,
      HostSettings.data,
    ] + HostSettings.logging + passedToAll + passedToServers + passedToRegistry + [secret] + registrySecrets

  /// Settings that every part gets as they were given.
  private static let passedToAll: [any SettingDeclaration] = [
    HostSettings.debug, HostSettings.slowCall, HostSettings.otlp, HostSettings.traceSample,
  ]
  /// The same for the parts that serve calls. Not `binary-log-file`: each part needs a file of its own.
  private static let passedToServers: [any SettingDeclaration] =
    HostSettings.access + HostSettings.load + [HostSettings.binaryLog, HostSettings.compression]
  /// Who may do what in the registry.
  private static let passedToRegistry: [any SettingDeclaration] = [
    RegistryAccessSettings.defaultPolicy, RegistryAccessSettings.auditLog, RegistryAccessSettings.rateLimit,
  ]
  private static let registrySecrets: [any SettingDeclaration] = [
    RegistryAccessSettings.initialToken, RegistryDNS.token,
  ]
  /// Passed on by the environment: arguments can be read by everyone on the machine.
  private static let secret = HostSettings.otlpHeaders

  /// The parts, and `client` for people who call them.
  static let certificateNames = ["registry", "gateway", "config", "client"]

  let settings: Settings

  /// In the order of starting: each needs those before it.
  var children: [ChildSpecification] {
    [
      child("registry", command: ["registry"], port: Self.registryPort, needsRegistry: false) { settings in
        [
          "--data", settings[HostSettings.data],
          "--dns-port", Self.doorPort(settings, Self.registryDNSPort, usual: RegistryDNS.usualPort),
          "--http-port", Self.doorPort(settings, Self.registryHTTPPort, usual: RegistryHTTP.usualPort),
        ] + settings.arguments(for: Self.passedToServers + Self.passedToRegistry)
      },
      child("config", command: ["serve", "config"], port: Self.configPort) { settings in
        ["--data", settings[HostSettings.data]] + settings.arguments(for: Self.passedToServers)
      },
      child("gateway", command: ["gateway"], port: Self.gatewayPort) { settings in
        ["--host", settings[Self.gatewayHost]]
      },
    ]
  }

  private func child(
    _ name: String, command: [String], port: SettingKey<Int>, needsRegistry: Bool = true,
    own: @escaping @Sendable (Settings) -> [String]
  ) -> ChildSpecification {
    let settings = settings
    let environment = settings.environment(for: [Self.secret] + (needsRegistry ? [] : Self.registrySecrets))
    return ChildSpecification(name: name, environment: environment, isFoundation: !needsRegistry) { ports in
      var arguments = command
      // A child that had any free port comes back at the same one.
      arguments += ["--port", String(ports[name] ?? settings[port])]
      arguments += ["--certs", settings[HostSettings.certificates]]
      arguments += ["--log-level", settings[HostSettings.logLevel].text]
      arguments += ["--log-format", settings[HostSettings.logFormat].text]
      arguments += settings.arguments(for: Self.passedToAll)
      if needsRegistry, let registry = ports["registry"] {
        arguments += ["--registry", "ipv4:127.0.0.1:\(registry)"]
      }
      return arguments + own(settings)
    }
  }

  /// Not "auto": a registry that had any free port is told a number when it is started again.
  private static func doorPort(_ settings: Settings, _ port: SettingKey<DoorPort>, usual: Int) -> String {
    settings[port].number(usual: usual, registryPort: settings[registryPort])
      .map(String.init) ?? DoorPort.off.text
  }

  /// Where the registry can be looked at; a port that the system chose is in its log only.
  private var page: [[String]] {
    let port = settings[Self.registryHTTPPort].number(
      usual: RegistryHTTP.usualPort, registryPort: settings[Self.registryPort])
    guard let port, port != 0 else { return [] }
    return [["page", "http://127.0.0.1:\(port)/ui", "what is registered, and how it stands"]]
  }

  /// What is printed once everything is ready.
  func welcome(ports: [String: Int], command: String) -> String {
    let gateway = "http://\(settings[Self.gatewayHost]):\(ports["gateway"] ?? 0)"
    let certificates = settings[HostSettings.certificates]
    let mutual = "RPC over mutual TLS; plain GET /health, /metrics and /debug"
    var call = "\(command) call config GetConfig '{\"service\":\"resume\",\"environment\":\"prod\"}'"
    if let port = ports["registry"], port != HostSettings.defaultRegistryPort {
      call += " --registry ipv4:127.0.0.1:\(port)"
    }
    if certificates != HostSettings.certificates.defaultValue { call += " --certs \(certificates)" }
    let put = #"'{"config":{"max_pages":20,"langs":["zh","en"]},"comment":"first"}'"#
    let table = TextTable.lines(
      [
        ["gateway", gateway, "JSON over HTTP; GET /health, /metrics and /debug"],
        ["registry", "127.0.0.1:\(ports["registry"] ?? 0)", mutual],
        ["config", "127.0.0.1:\(ports["config"] ?? 0)", mutual],
      ] + page, indent: "  ")
    return
      (["", "Weft is up. Certificates are in \(certificates), data in \(settings[HostSettings.data]).", ""]
      + table + [
        "", "Three calls to try:", "",
        "  curl -X PUT \(gateway)/v1/config/resume/prod -d \(put)",
        "  curl \(gateway)/v1/config/resume/prod",
        "  \(call)",
        "", "Ctrl-C stops everything.", "",
      ]).joined(separator: "\n")
  }
}
