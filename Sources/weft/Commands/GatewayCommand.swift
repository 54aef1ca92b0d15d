import ArgumentParser

/// `weft gateway`: JSON over HTTP in front of every registered service.
struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Run the gateway: JSON over HTTP for everything that is registered.",
    discussion: """
      Routes and types come from the registry and change without a restart. It speaks plain HTTP: keep it on
      loopback or behind something that does TLS. Settings: weft gateway --help
      """)

  @Argument(parsing: .captureForPassthrough, help: "Settings, as --help lists them.")
  var arguments: [String] = []

  func run() async throws {
    await GatewayProcess.process.run(arguments: arguments, program: "weft gateway")
  }
}
