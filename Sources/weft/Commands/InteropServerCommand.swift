import ArgumentParser
import Foundation
import WeftHost
import WeftInterop

/// `weft interop-server`: what gRPC's interoperability clients call. The flags are gRPC's.
struct InteropServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interop-server",
    abstract: "Serve grpc.testing.TestService to gRPC's interoperability clients.")

  @Option(help: "The port to listen on; 0 takes a free one, which is printed.")
  var port = 0

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(
    name: .customLong("address_type"),
    help: "All addresses of a kind instead of --host: IPV4, IPV6 or IPV4_IPV6.")
  var addresses: AddressType?

  @Option(
    name: .customLong("use_tls"), defaultAsFlag: GRPCBoolean.bare, parsing: .next,
    help: "Whether to use TLS: true or false."
  )
  var useTLS: GRPCBoolean?

  @Option(
    name: .customLong("tls_cert_file"), defaultAsFlag: "", parsing: .next,
    help: """
      PEM file of the certificate; without it, gRPC's test certificate from the folder that \
      \(TestCredentials.variable) names, or else from the gRPC sources around the working directory.
      """)
  var certificate: String?

  @Option(
    name: .customLong("tls_key_file"), defaultAsFlag: "", parsing: .next,
    help: "PEM file of the certificate's key.")
  var key: String?

  @OptionGroup var cloud: CloudFlags

  @Option(name: .customLong("max_send_message_size"), help: .hidden)
  var maxSendBytes = -1

  enum AddressType: String, ExpressibleByArgument {
    case ipv4 = "IPV4"
    case ipv6 = "IPV6"
    case both = "IPV4_IPV6"

    init?(argument: String) { self.init(rawValue: argument.uppercased()) }
  }

  func run() async throws {
    let server: InteropServer
    do {
      server = try InteropServer(host: address, port: port, identity: identity())
    } catch let failure as InteropFailure {
      throw Failure(failure.description)
    }
    let signals = TerminationSignals()
    let port = try await server.start()
    // Not `print`: what it writes to a pipe stays in a buffer.
    FileHandle.standardOutput.write(Data("listening on \(port)\n".utf8))
    await signals.first()
    await server.stop()
  }

  func validate() throws {
    _ = try useTLS?.value(of: "use_tls")
    guard (0...65_535).contains(port) else { throw ValidationError("--port \(port) is no port") }
    guard (certificate.unlessEmpty == nil) == (key.unlessEmpty == nil) else {
      throw ValidationError("--tls_cert_file and --tls_key_file belong together")
    }
  }

  private var address: String {
    switch addresses {
    case nil: host
    case .ipv4: "0.0.0.0"
    case .ipv6, .both: "::"
    }
  }

  private func identity() throws -> InteropServer.Identity? {
    guard try useTLS?.value(of: "use_tls") == true else { return nil }
    if let certificate = certificate.unlessEmpty, let key = key.unlessEmpty {
      return InteropServer.Identity(certificate: certificate, key: key)
    }
    let found = try TestCredentials.find()
    return InteropServer.Identity(certificate: found.certificate, key: found.key)
  }
}
