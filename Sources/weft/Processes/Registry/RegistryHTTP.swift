import Logging
import NIOCore
import WeftConsul
import WeftHTTP2
import WeftHost
import WeftRegistry

/// The registry's HTTP door: its settings, and how it starts.
enum RegistryHTTP {
  static let usualPort = 8_500
  static let port = SettingKey<DoorPort>(
    "http-port", default: .automatic,
    help: "port for Consul's HTTP API and the page: auto for \(usualPort), 0 for any free one, or off")
  static let host = SettingKey<String>(
    "http-host", default: "127.0.0.1",
    help: "address that port listens on; without http-tls it is plain HTTP: keep it local",
    check: { $0.isEmpty ? "must not be empty" : nil })
  static let tls = SettingKey<Bool>(
    "http-tls", default: false, help: "HTTPS on that port, for clients with a certificate of the mesh")

  static let settings: [any SettingDeclaration] = [port, host, tls]

  /// Nil when HTTP is off.
  static func start(
    settings: Settings, registryPort: Int, registry: Registry, vitals: VitalsResponder,
    group: any EventLoopGroup, logger: Logger
  ) async throws -> ConsulServer? {
    guard let number = settings[port].number(usual: usualPort, registryPort: registryPort) else { return nil }
    let host = settings[host]
    var listener = HTTPServerConfiguration(host: host, port: number)
    if settings[tls] {
      let certificates = MeshCertificates(
        directory: settings[HostSettings.certificates], name: RegistryProcess.name)
      listener.reloadableTLS = try certificates.reloadingServer()
      listener.allowsPlaintext = false
    }
    let server = ConsulServer(
      registry: registry, listener: listener, other: RegistryPages(registry: registry, vitals: vitals),
      group: group, logger: logger)
    let address = try await ListenError.explaining(host: host, port: number, setting: port.name) {
      try await server.start()
    }
    logger.info(
      "answering HTTP",
      metadata: [
        "address": "\(address.ipAddress ?? "-")", "port": "\(address.port ?? 0)",
        "tls": "\(settings[tls])",
      ])
    return server
  }
}
