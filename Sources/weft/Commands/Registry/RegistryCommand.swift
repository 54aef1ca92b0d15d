import ArgumentParser

/// `weft registry`: where every instance of every service is.
struct RegistryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry",
    abstract: "Run the registry: services register here and find each other.",
    discussion: """
      Keeps what it knows in registry.sqlite in its data folder, so that a registry that was killed comes back with
      every registration. Settings: weft registry --help
      Copies of it are made and put back with: weft registry snapshot --help
      """)

  @Argument(parsing: .captureForPassthrough, help: "Settings, as --help lists them.")
  var arguments: [String] = []

  func run() async throws {
    // Everything after the command is taken as settings, so this one must be told apart by hand.
    if arguments.first == SnapshotCommand.name {
      return await SnapshotCommand.main(Array(arguments.dropFirst()))
    }
    await RegistryProcess.process.run(arguments: arguments, program: "weft registry")
  }
}
