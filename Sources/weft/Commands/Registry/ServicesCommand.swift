import ArgumentParser
import WeftDiscovery
import WeftRPC

/// `weft services`: what the registry knows.
struct ServicesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "services",
    abstract: "List the services that are registered, and where they run.",
    discussion: """
        weft services             every instance of every service
        weft services config      those of one service
      """)

  @Argument(help: "Only this service.")
  var service: String?

  @OptionGroup var options: RegistryOptions

  func run() async throws {
    do {
      let registry = try options.registryClient()
      var rows: [[String]] = []
      var names = [service].compactMap { $0 }
      if names.isEmpty { names = try await registry.listServices().services.map(\.name) }
      for name in names { rows += try await registry.resolve(name).instances.map(Self.row) }
      guard !rows.isEmpty else {
        throw Failure(service.map { "no service '\($0)' is registered" } ?? "no service is registered yet")
      }
      let header = ["SERVICE", "ADDRESS", "STATUS", "VERSION", "WEIGHT", "ZONE", "ANSWERS"]
      print(TextTable.lines([header] + rows).joined(separator: "\n"))
    } catch let error as RPCError {
      throw Failure("the registry at \(options.address) does not answer: \(error)")
    }
  }

  private static func row(_ instance: ServiceInstance) -> [String] {
    [
      instance.qualifiedService, "\(instance.address):\(instance.port)", instance.status.rawValue,
      instance.version.isEmpty ? "-" : instance.version, String(instance.weight),
      instance.zone.isEmpty ? "-" : instance.zone, instance.protoServices.joined(separator: ", "),
    ]
  }
}
