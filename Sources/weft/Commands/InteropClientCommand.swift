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
    name: .customLong("server_host_override"), defaultAsFlag: "", parsing: .next,
    help: "The name to claim to be connecting to, for TLS and :authority.")
  var hostOverride: String?

  @Option(name: .customLong("test_case"), help: "The case to run.")
  var testCase = InteropCase.largeUnary

  @Option(name: .customLong("num_times"), help: "How often to run it.")
  var times = 1

  @Option(
    name: .customLong("use_tls"), defaultAsFlag: GRPCBoolean.bare, parsing: .next,
    help: "Whether to use TLS: true or false."
  )
  var useTLS: GRPCBoolean?

  @Option(
    name: .customLong("use_test_ca"), defaultAsFlag: GRPCBoolean.bare, parsing: .next,
    help: """
      Whether to trust gRPC's test authority instead of those of the system: the one in --ca_file, or else in the \
      folder that \(TestCredentials.variable) names, or else in the gRPC sources around the working directory.
      """)
  var useTestCA: GRPCBoolean?

  @Option(
    name: .customLong("ca_file"), defaultAsFlag: "", parsing: .next, help: "PEM file of the test authority.")
  var authorities: String?

  @Option(
    name: .customLong("service_config_json"), defaultAsFlag: "", parsing: .next,
    help: "A service config for the channel, in gRPC's JSON form.")
  var serviceConfig: String?

  @Option(
    name: .customLong("additional_metadata"), defaultAsFlag: "", parsing: .next,
    help: "Metadata for every call: key:value pairs, semicolons between.")
  var additionalMetadata: String?

  @OptionGroup var soak: SoakOptions
  @OptionGroup var cloud: CloudFlags
  @OptionGroup var ignored: IgnoredClientFlags

  func run() async throws {
    let client: InteropClient
    do {
      client = try InteropClient(try options())
    } catch let failure as InteropFailure {
      throw Failure(failure.description)
    }
    do {
      for _ in 0..<times { try await client.run(testCase) }
    } catch {
      await client.shutdown()
      throw Failure("\(testCase.rawValue) failed: \(error)")
    }
    await client.shutdown()
    print("\(testCase.rawValue) passed")
  }

  func validate() throws {
    _ = try useTLS?.value(of: "use_tls")
    _ = try useTestCA?.value(of: "use_test_ca")
    guard (0...65_535).contains(port) else { throw ValidationError("--server_port \(port) is no port") }
    guard times > 0 else { throw ValidationError("--num_times must be 1 or more") }
  }

  /// An empty value is as good as none, as in gRPC's clients.
  private func options() throws -> InteropClient.Options {
    var options = InteropClient.Options(port: port)
    options.host = host
    options.hostOverride = hostOverride.unlessEmpty
    options.tls = try useTLS?.value(of: "use_tls") == true ? tls() : nil
    options.serviceConfig = try serviceConfig.unlessEmpty.map { try ServiceConfig(json: $0) }
    options.additionalMetadata = try additionalMetadata.map { try AdditionalMetadata($0) }
    options.soak = soak.soak
    return options
  }

  private func tls() throws -> InteropClient.TLS {
    guard try useTestCA?.value(of: "use_test_ca") == true else { return InteropClient.TLS(authorities: nil) }
    return InteropClient.TLS(
      authorities: try authorities.unlessEmpty ?? TestCredentials.find().authority)
  }
}

extension InteropCase: ExpressibleByArgument {}
