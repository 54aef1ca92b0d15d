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

  @Option(name: .customLong("use_tls"), help: "Whether to use TLS: true or false.")
  var useTLS = false

  @Option(name: .customLong("tls_cert_file"), help: "PEM file of the certificate.")
  var certificate: String?

  @Option(name: .customLong("tls_key_file"), help: "PEM file of the certificate's key.")
  var key: String?

  func run() async throws {
    let server = try InteropServer(host: host, port: port, identity: identity())
    let signals = TerminationSignals()
    let port = try await server.start()
    // Not `print`: what it writes to a pipe stays in a buffer.
    FileHandle.standardOutput.write(Data("listening on \(port)\n".utf8))
    await signals.first()
    await server.stop()
  }

  private func identity() throws -> InteropServer.Identity? {
    guard useTLS else { return nil }
    guard let certificate, let key else {
      throw ValidationError("--use_tls=true needs --tls_cert_file and --tls_key_file")
    }
    return InteropServer.Identity(certificate: certificate, key: key)
  }
}
