import Logging
import NIOCore
import WeftConsul
import WeftDNS
import WeftHost
import WeftRegistry
import WeftRPC

/// The registry as a process of its own.
struct RegistryProcess: RunningProcess {
  static let name = "registry"
  static let portSetting = HostSettings.port(
    default: HostSettings.defaultRegistryPort, otherNames: ["rpc-port"])

  static let process = MeshProcess(
    name: name,
    settings: [
      HostSettings.host, portSetting, HostSettings.certificates, HostSettings.insecure, HostSettings.data,
      HostSettings.drain, HostSettings.threads,
    ] + HostSettings.serving + HostSettings.vitals + HostSettings.logging + RegistryDNS.settings
      + RegistryHTTP.settings + RegistryAccessSettings.all + RegistrySettings.all,
    start: { settings, group, logger in try await start(settings: settings, group: group, logger: logger) })

  let port: Int
  let claim: FolderClaim
  let server: RegistryServer
  let names: DNSServer?
  let http: ConsulServer?
  let state: ServiceState
  let drain: Duration

  private static func start(
    settings: Settings, group: any EventLoopGroup, logger: Logger
  ) async throws -> RegistryProcess {
    let data = settings[HostSettings.data]
    // Two registries on one store would each hold half of the truth.
    let claim = try FolderClaim(data, name: name)
    let rpc = try RPCServerConfiguration(settings: settings, name: name, port: portSetting)
    let state = ServiceState()
    let vitals = VitalsResponder(service: name, state: state, debug: settings[HostSettings.debug])
    var configuration = RegistryServerConfiguration(storePath: "\(data)/registry.sqlite", rpc: rpc)
    RegistrySettings.apply(settings, to: &configuration.registry)
    RegistryAccessSettings.apply(settings, data: data, to: &configuration.registry)
    let server = try await RegistryServer(
      configuration: configuration, vitals: vitals, group: group, logger: logger)
    let address = try await ListenError.explaining(settings, port: portSetting) { try await server.start() }
    logger.info(
      "listening", metadata: ["address": "\(address.ipAddress ?? "-")", "port": "\(address.port ?? 0)"])
    let names = try await RegistryDNS.start(
      settings: settings, registryPort: settings[portSetting], registry: server.registry, group: group,
      logger: logger)
    let http = try await RegistryHTTP.start(
      settings: settings, registryPort: settings[portSetting], registry: server.registry, vitals: vitals,
      group: group, logger: logger)
    return RegistryProcess(
      port: address.port ?? 0, claim: claim, server: server, names: names, http: http, state: state,
      drain: settings[HostSettings.drain]
    )
  }

  func stop() async {
    state.beginDraining()
    await names?.shutdown()
    // Together: queries that wait for a change end when the registry does.
    async let http: Void? = http?.shutdown(grace: drain)
    await server.shutdown(grace: drain)
    _ = await http
  }
}
