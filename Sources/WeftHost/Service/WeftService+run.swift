import Foundation

extension WeftService {
  /// Runs the service until it is asked to stop. The one line of a service's `main.swift`.
  ///
  /// A service that cannot start says why in one line on standard error and ends the process with code 1.
  public func run(
    arguments: [String] = Array(CommandLine.arguments.dropFirst()),
    environment: [String: String] = ProcessInfo.processInfo.environment, program: String? = nil
  ) async {
    let process = MeshProcess(name: name, settings: settings) { settings, group, logger in
      try await start(settings: settings, group: group, logger: logger)
    }
    await process.run(arguments: arguments, environment: environment, program: program)
  }
}
