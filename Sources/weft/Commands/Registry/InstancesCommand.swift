import ArgumentParser
import WeftDiscovery
import WeftRPC

/// `weft instances`: where a service runs, how each instance stands, and why.
struct InstancesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "instances",
    abstract: "Show the instances of a service: where each is, how it stands, which check says so, and why.",
    discussion: """
        weft instances config
        weft instances config --healthy --tag blue --zone eu-1
      """)

  @Argument(help: "The service: NAME, or NAMESPACE/NAME.")
  var service: String

  @Option(name: .customLong("tag"), help: "Only instances with this tag; may be repeated.")
  var tags: [String] = []

  @Option(
    name: .customLong("meta"), help: "Only instances with this metadata, as KEY=VALUE; may be repeated.")
  var metadata: [String] = []

  @Option(name: .customLong("service-version"), help: "Only instances of this version.")
  var serviceVersion: String?

  @Option(help: "Only instances in this zone.")
  var zone: String?

  @Flag(help: "Without those that are critical.")
  var healthy = false

  @OptionGroup var options: RegistryOptions

  func run() async throws {
    var query = ResolveQuery(service: service)
    query.tags = tags
    query.metadata = try metadata.reduce(into: [:]) { result, text in
      guard let equals = text.firstIndex(of: "=") else { throw Failure("--meta \(text) is not KEY=VALUE") }
      result[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    query.version = serviceVersion ?? ""
    query.zone = zone ?? ""
    query.healthyOnly = healthy
    do {
      let instances = try await options.registryClient().resolve(query).instances
      guard !instances.isEmpty else {
        throw Failure("no instance of '\(service)' is registered, or none that fits")
      }
      let header = ["ID", "ADDRESS", "STATUS", "WEIGHT", "VERSION", "ZONE", "NODE", "TAGS"]
      print(TextTable.lines([header] + instances.map(Self.row)).joined(separator: "\n"))
      for line in instances.flatMap(Self.reasons) { print(line) }
    } catch let error as RPCError {
      throw Failure("the registry at \(options.address) does not answer: \(error)")
    }
  }

  private static func row(_ instance: ServiceInstance) -> [String] {
    func text(_ value: String) -> String { value.isEmpty ? "-" : value }
    return [
      instance.id, "\(instance.address):\(instance.port)", instance.status.rawValue, String(instance.weight),
      text(instance.version), text(instance.zone), instance.node, text(instance.tags.joined(separator: ",")),
    ]
  }

  /// Which check says what, since when, and why; one line each.
  static func reasons(_ instance: ServiceInstance) -> [String] {
    var lines: [String] = []
    if let maintenance = instance.maintenance {
      lines.append(
        "  \(instance.id): in maintenance since \(TimeOfDay.text(maintenance.since)): \(maintenance.reason)")
    }
    if let health = instance.nodeHealth {
      let what = health.checkID.map { "\(health.status.rawValue) by its check \($0)" } ?? "in maintenance"
      let since = TimeOfDay.text(health.since)
      lines.append(
        "  \(instance.id): node \(instance.node) is \(what) since \(since): \(oneLine(health.reason))")
    }
    for check in instance.checks {
      let since = TimeOfDay.text(check.state.changedAt)
      let output = oneLine(check.state.output)
      lines.append(
        "  \(instance.id): \(check.name) is \(check.state.status.rawValue) since \(since): \(output)")
    }
    return lines
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
