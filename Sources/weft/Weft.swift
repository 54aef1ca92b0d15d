import ArgumentParser

/// The one command of the project: every process of a mesh, and the tools to look into it.
@main struct Weft: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "weft",
    abstract: "A gRPC-compatible RPC mesh: services, a registry, and a gateway that speaks JSON.",
    discussion: """
      Start here:
        weft up                     start a registry, a gateway and the config service
        weft services               see what runs
        weft call config GetConfig '{"service":"resume","environment":"prod"}'

      Every command explains itself: weft <command> --help
      """,
    version: version,
    subcommands: [
      UpCommand.self, RegistryCommand.self, GatewayCommand.self, ServeCommand.self, CallCommand.self,
      ReplayCommand.self, ServicesCommand.self, InstancesCommand.self, WatchCommand.self,
      KeyValueCommand.self, AccessCommand.self, GenCommand.self,
      CertsCommand.self, InteropServerCommand.self,
      InteropClientCommand.self,
    ])
}
