import Logging
import NIOCore
import WeftDiscovery
import WeftGateway
import WeftHost
import WeftRPC

/// The gateway as a process of its own.
struct GatewayProcess: RunningProcess {
  static let name = "gateway"
  static let portSetting = HostSettings.port(default: 8206)

  static let process = MeshProcess(
    name: name,
    settings: [
      HostSettings.host, portSetting, HostSettings.registry, HostSettings.certificates, HostSettings.insecure,
      HostSettings.drain, HostSettings.threads,
    ] + HostSettings.vitals + HostSettings.logging,
    start: { settings, group, logger in try await start(settings: settings, group: group, logger: logger) })

  let port: Int
  let server: GatewayServer
  let registryChannel: WeftRPC.Channel
  let following: Task<Void, Never>
  let drain: Duration

  private static func start(
    settings: Settings, group: any EventLoopGroup, logger: Logger
  ) async throws -> GatewayProcess {
    let channel = try RegistryConnection.channel(settings: settings, name: name, group: group)
    let registry = RegistryClient(channel: channel)
    let catalogue = Catalogue(client: registry, logger: logger)
    var options = ChannelOptions()
    options.resolvers["weft"] = RegistryResolver(catalogue: catalogue)
    options.logger = logger
    if !settings[HostSettings.insecure] {
      options.tls = .reloadable(
        try MeshCertificates(directory: settings[HostSettings.certificates], name: name).reloadingClient())
    }
    var configuration = GatewayConfiguration(host: settings[HostSettings.host], port: settings[portSetting])
    configuration.debug = settings[HostSettings.debug]
    configuration.slowRequest = settings[HostSettings.slowCall]
    let server = GatewayServer(
      configuration: configuration,
      catalogue: catalogue, registry: registry, channelOptions: options, group: group, logger: logger)
    let address = try await ListenError.explaining(settings, port: portSetting) { try await server.start() }
    logger.info(
      "listening", metadata: ["address": "\(address.ipAddress ?? "-")", "port": "\(address.port ?? 0)"])
    return GatewayProcess(
      port: address.port ?? 0, server: server, registryChannel: channel,
      following: Task { await catalogue.run() },
      drain: settings[HostSettings.drain])
  }

  func settle() async {
    await server.waitUntilRouted()
  }

  func stop() async {
    await server.shutdown(grace: drain)
    following.cancel()
    await following.value
    await registryChannel.shutdown()
  }
}
