import ArgumentParser
import WeftConfigService
import WeftHost

/// `weft serve`: one of the services that come with Weft, in this process.
struct ServeCommand: AsyncParsableCommand {
  /// A new service is one line here.
  static let services: [String: @Sendable (_ version: String) -> WeftService] = [
    ConfigService.name: ConfigService.service
  ]

  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run one service in this process.",
    discussion: """
        weft serve config                    with the defaults
        weft serve config --port 0           at any free port, as a second instance
        weft serve config --help             every setting

      Services: \(services.keys.sorted().joined(separator: ", "))
      """)

  @Argument(help: "Name of the service.")
  var service: String

  @Argument(parsing: .captureForPassthrough, help: "Settings, as 'weft serve SERVICE --help' lists them.")
  var arguments: [String] = []

  func run() async throws {
    guard let make = Self.services[service] else {
      let known = Self.services.keys.sorted().joined(separator: ", ")
      throw Failure("there is no service '\(service)'; there is: \(known)")
    }
    await make(Weft.version).run(arguments: arguments, program: "weft serve \(service)")
  }
}
