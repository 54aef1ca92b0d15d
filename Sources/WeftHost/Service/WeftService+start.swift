import Logging
import NIOCore
import WeftRPC

extension WeftService {
  var portSetting: SettingKey<Int> { HostSettings.port(default: defaultPort) }

  /// Starts the service inside this process: listening and answering when this returns. For tests, and for
  /// programs that host several services.
  public func start(
    settings: Settings, group: any EventLoopGroup, logger: Logger
  ) async throws -> RunningService {
    let environment = ServiceEnvironment(name: name, settings: settings, logger: logger)
    let isMember = registers && settings[HostSettings.registry] != "none"
    // Found out before anything is open.
    if isMember { _ = try Self.advertisedAddress(settings) }
    let handlers = try await makeHandlers(environment)
    let state = ServiceState()
    do {
      var configuration = try RPCServerConfiguration(settings: settings, name: name, port: portSetting)
      adjust(&configuration)
      // The log stands outermost, so that it tells of what the others refuse.
      let log: [any ServerInterceptor] = logger.logLevel <= .debug ? [CallLog(logger: logger)] : []
      let server = RPCServer(
        configuration: configuration, services: handlers, interceptors: log + interceptors,
        vitals: VitalsResponder(service: name, state: state, debug: settings[HostSettings.debug]),
        group: group, logger: logger)
      let address = try await ListenError.explaining(settings, port: portSetting) { try await server.start() }
      let port = address.port ?? 0
      logger.info("listening", metadata: ["address": "\(settings[HostSettings.host])", "port": "\(port)"])
      let membership =
        isMember ? try join(handlers, port: port, settings: settings, group: group, logger: logger) : nil
      return RunningService(
        port: port, server: server, state: state, environment: environment, membership: membership,
        drain: settings[HostSettings.drain])
    } catch {
      await environment.stop()
      throw error
    }
  }
}
