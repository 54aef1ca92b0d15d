import ArgumentParser
import Foundation
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

  @Option(
    name: .customLong("service-config"),
    help: "File with a service config in gRPC's JSON form: retries, timeouts, health checks.")
  var serviceConfig: String?

  /// - Parameter service: whose certificate the server must show; nil accepts any of the mesh.
  func channel(target: String, service: String?) throws -> Channel {
    var options = ChannelOptions()
    if !plaintext {
      let tls = try MeshCertificates(directory: certs, name: identity).client()
      options.tls = .tls(tls, serverIdentity: service.map { ServiceIdentity.uri(for: $0) })
    }
    if let serviceConfig, service != "registry" {
      options.serviceConfig = try ServiceConfig(json: String(contentsOfFile: serviceConfig, encoding: .utf8))
    }
    return Channel(target: target, options: options, group: MultiThreadedEventLoopGroup.singleton)
  }

  func registryClient() throws -> RegistryClient {
    RegistryClient(channel: try channel(target: registry, service: "registry"))
  }
}
