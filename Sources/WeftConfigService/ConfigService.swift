import Foundation
import WeftHost

/// The config service as a process: `weft serve config`.
public enum ConfigService {
  public static let name = "config"
  public static let port = 8213

  public static func service(version: String) -> WeftService {
    WeftService(name: name, version: version, port: port) { environment in
      try makeHandler(environment)
    }
  }

  private static func makeHandler(_ environment: ServiceEnvironment) throws -> ConfigHandler {
    try FileManager.default.createDirectory(
      atPath: environment.dataDirectory, withIntermediateDirectories: true)
    let store = try SQLiteConfigStore(path: "\(environment.dataDirectory)/config.sqlite")
    return prepare(ConfigHandler(store: store), environment: environment, store: store)
  }

  /// Ties handler and store to the life of the process.
  static func prepare(
    _ handler: ConfigHandler, environment: ServiceEnvironment, store: any ConfigStore
  ) -> ConfigHandler {
    let following = Task { await handler.followOthers() }
    // A watch goes on for ever: without this a clean stop would wait for it in vain.
    environment.onDrain {
      following.cancel()
      handler.endWatches()
    }
    environment.onStop { [logger = environment.logger] in
      do { try store.close() } catch {
        logger.error("the store did not close", metadata: ["error": "\(error)"])
      }
    }
    return handler
  }
}
