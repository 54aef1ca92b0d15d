import ArgumentParser
import WeftInterop
import WeftRPC

/// `weft interop-client`: one case of gRPC's interoperability tests. The flags are gRPC's.
struct InteropClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interop-client",
    abstract: "Run a case of gRPC's interoperability tests against a server.",
    discussion: """
      Ends with 0 when the case passes. The cases:
        \(InteropCase.allCases.map(\.rawValue).joined(separator: "\n  "))
      """)

  @Option(name: .customLong("server_host"), help: "The server's name or address.")
  var host = "localhost"

  @Option(name: .customLong("server_port"), help: "The server's port.")
  var port: Int

  @Option(
    name: .customLong("server_host_override"),
    help: "The name to claim to be connecting to, for TLS and :authority.")
  var hostOverride: String?

  @Option(name: .customLong("test_case"), help: "The case to run.")
  var testCase = InteropCase.largeUnary

  @Option(name: .customLong("use_tls"), help: "Whether to use TLS: true or false.")
  var useTLS = false

  @Option(
    name: .customLong("use_test_ca"),
    help: "Whether to trust the authority in --ca_file instead of those of the system: true or false.")
  var useTestCA = false

  @Option(name: .customLong("ca_file"), help: "PEM file of the test authority.")
  var authorities: String?

  @Option(
    name: .customLong("service_config_json"), help: "A service config for the channel, in gRPC's JSON form.")
  var serviceConfig: String?

  @OptionGroup var soak: SoakOptions

  func run() async throws {
    var options = InteropClient.Options(port: port)
    options.host = host
    options.hostOverride = hostOverride
    options.tls = try tls()
    options.serviceConfig = try serviceConfig.map { try ServiceConfig(json: $0) }
    options.soak = soak.soak
    let client = try InteropClient(options)
    do {
      try await client.run(testCase)
    } catch {
      await client.shutdown()
      throw Failure("\(testCase.rawValue) failed: \(error)")
    }
    await client.shutdown()
    print("\(testCase.rawValue) passed")
  }

  private func tls() throws -> InteropClient.TLS? {
    guard useTLS else { return nil }
    guard useTestCA else { return InteropClient.TLS(authorities: nil) }
    guard let authorities else { throw ValidationError("--use_test_ca=true needs --ca_file") }
    return InteropClient.TLS(authorities: authorities)
  }
}

extension InteropCase: ExpressibleByArgument {}

/// How the soak cases go.
struct SoakOptions: ParsableArguments {
  @Option(name: .customLong("soak_iterations"), help: "Calls to make.")
  var iterations = 10

  @Option(name: .customLong("soak_max_failures"), help: "Calls that may fail.")
  var maxFailures = 0

  @Option(
    name: .customLong("soak_per_iteration_max_acceptable_latency_ms"),
    help: "Milliseconds after which a call counts as failed.")
  var maxLatency = 1000

  @Option(
    name: .customLong("soak_overall_timeout_seconds"),
    help: "Seconds for all of it. (default: the time that the slowest calls may take)")
  var overallTimeout: Int?

  @Option(
    name: .customLong("soak_min_time_ms_between_rpcs"), help: "Milliseconds from call to call at least.")
  var minTimeBetweenCalls = 0

  var soak: InteropClient.Soak {
    var soak = InteropClient.Soak()
    soak.iterations = iterations
    soak.maxFailures = maxFailures
    soak.maxLatency = .milliseconds(maxLatency)
    soak.overallTimeout = overallTimeout.map { .seconds($0) }
    soak.minTimeBetweenCalls = .milliseconds(minTimeBetweenCalls)
    return soak
  }
}
