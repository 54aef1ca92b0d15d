import ArgumentParser
import NIOPosix
import WeftDiscovery
import WeftHost
import WeftRPC

/// How the command line tools reach the mesh.
struct ClientOptions: ParsableArguments {
  @Option(help: "Where the registry is.")
  var registry = HostSettings.registry.defaultValue

  @Option(help: "Folder of the certificates.")
  var certs = HostSettings.certificates.defaultValue

  @Option(name: .customLong("as"), help: "Name of the certificate to show.")
  var identity = "client"

  @Flag(help: "Connect without TLS, to servers started with --insecure.")
  var plaintext = false

  /// - Parameter service: whose certificate the server must show; nil accepts any of the mesh.
  func channel(target: String, service: String?) throws -> Channel {
    var options = ChannelOptions()
    if !plaintext {
      let tls = try MeshCertificates(directory: certs, name: identity).client()
      options.tls = .tls(tls, serverIdentity: service.map { ServiceIdentity.uri(for: $0) })
    }
    return Channel(target: target, options: options, group: MultiThreadedEventLoopGroup.singleton)
  }

  func registryClient() throws -> RegistryClient {
    RegistryClient(channel: try channel(target: registry, service: "registry"))
  }
}
