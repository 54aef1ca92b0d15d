import Foundation
import Logging
import NIOPosix
import Testing
import WeftProtobuf
import WeftRPC

@testable import WeftConfigService
@testable import WeftHost

/// The config service on a port of its own, and a client that calls it.
struct ServedConfig {
  let client: Weft_Config_V1_ConfigServiceClient
  let handler: ConfigHandler
  let path: String

  /// Plain text: what TLS adds is tested end to end.
  static func with(
    clock: @escaping @Sendable () -> Int64 = { 0 }, _ body: (ServedConfig) async throws -> Void
  ) async throws {
    let maker = ConfigStoreTests.Maker()
    let store = try maker.open()
    let handler = ConfigHandler(store: store, clock: clock)
    let group = MultiThreadedEventLoopGroup.singleton
    let service = WeftService(name: "config", version: "test", port: 0) { environment in
      ConfigService.prepare(handler, environment: environment, store: store)
    }
    let logger = Logger.silent
    let running = try await service.start(
      settings: try settings(["--insecure", "--registry", "none"], of: service), group: group, logger: logger)
    let channel = Channel(target: "ipv4:127.0.0.1:\(running.port)", group: group)
    do {
      try await body(
        ServedConfig(client: Weft_Config_V1_ConfigServiceClient(channel), handler: handler, path: maker.path))
    } catch {
      await channel.shutdown()
      await running.stop()
      throw error
    }
    await channel.shutdown()
    await running.stop()
    withExtendedLifetime(maker) {}
  }

  private static func settings(_ arguments: [String], of service: WeftService) throws -> Settings {
    let loader = SettingsLoader(service.settings)
    guard case .settings(let settings) = try loader.load(arguments: arguments, environment: [:], program: "")
    else {
      throw CancellationError()
    }
    return settings
  }

  func put(
    _ number: Double, service: String = "resume", expected: UInt32? = nil, comment: String = ""
  ) async throws -> Weft_Config_V1_Config {
    var request = Weft_Config_V1_PutConfigRequest()
    request.service = service
    request.environment = "prod"
    request.config = try Google_Protobuf_Struct(jsonString: "{\"n\":\(number)}")
    request.comment = comment
    request.expectedVersion = expected
    return try await client.putConfig(request)
  }

  func get(version: UInt32? = nil) async throws -> Weft_Config_V1_Config {
    var request = Weft_Config_V1_GetConfigRequest()
    request.service = "resume"
    request.environment = "prod"
    request.version = version
    return try await client.getConfig(request)
  }
}
