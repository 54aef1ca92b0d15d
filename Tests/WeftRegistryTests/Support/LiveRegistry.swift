import struct NIOSSL.TLSConfiguration
import WeftCertificates
import WeftDiscovery
import WeftHTTP2
import WeftRPC

@testable import WeftRegistry

/// A registry on a port of this machine, which can die and come back on the same file and port.
final class LiveRegistry {
  let directory: TemporaryDirectory
  private(set) var server: RegistryServer
  private(set) var port: Int
  private let tls: TLSConfiguration?
  private let configuration: RegistryConfiguration

  init(
    directory: TemporaryDirectory, tls: TLSConfiguration? = nil,
    configuration: RegistryConfiguration = RegistryConfiguration()
  ) async throws {
    self.directory = directory
    self.tls = tls
    self.configuration = configuration
    (server, port) = try await Self.start(directory, tls, configuration, port: 0)
  }

  private static func start(
    _ directory: TemporaryDirectory, _ tls: TLSConfiguration?, _ registry: RegistryConfiguration, port: Int
  ) async throws -> (RegistryServer, Int) {
    let rpc = RPCServerConfiguration(port: port, tls: tls, insecure: tls == nil)
    let configuration = RegistryServerConfiguration(storePath: directory.file(), rpc: rpc, registry: registry)
    let server = try await RegistryServer(configuration: configuration, logger: .silent)
    guard let port = try await server.start().port else { throw CancellationError() }
    return (server, port)
  }

  /// Connections break, nothing is flushed, and the file is left as it is; then a new one starts.
  func crashAndRestart() async throws {
    await server.abandon()
    (server, port) = try await Self.start(directory, tls, configuration, port: port)
  }

  func channel(_ tls: ChannelOptions.TLS = .plaintext) -> Channel {
    Channel(target: "ipv4:127.0.0.1:\(port)", options: .registry(tls: tls))
  }
}

/// Runs `body` with a registry in plain text and a client of it.
func withLiveRegistry(
  _ configuration: RegistryConfiguration = RegistryConfiguration(),
  _ body: (LiveRegistry, RegistryClient) async throws -> Void
) async throws {
  let live = try await LiveRegistry(directory: TemporaryDirectory(), configuration: configuration)
  let channel = live.channel()
  do {
    try await body(live, RegistryClient(channel: channel))
  } catch {
    await channel.shutdown()
    await live.server.shutdown(grace: .zero)
    throw error
  }
  await channel.shutdown()
  await live.server.shutdown(grace: .zero)
}
