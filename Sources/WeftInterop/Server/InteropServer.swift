import NIOSSL
import WeftHTTP2
import WeftRPC

/// Serves `grpc.testing.TestService` to gRPC's interoperability clients.
public final class InteropServer: Sendable {
  /// A certificate and its key, as paths of PEM files.
  public struct Identity: Sendable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  private let server: RPCServer

  /// - Parameters:
  ///   - port: 0 takes a free one.
  ///   - identity: what TLS shows to clients, who show nothing; nil serves in plain text.
  /// - Throws: `TLSFileError` that says which file cannot be used.
  public init(host: String, port: Int, identity: Identity?) throws {
    var configuration = RPCServerConfiguration(host: host, port: port, insecure: identity == nil)
    if let identity {
      configuration.tls = try WeftTLS.server(certificate: identity.certificate, key: identity.key)
    }
    server = RPCServer(configuration: configuration, services: [TestService()])
  }

  /// Begins to listen.
  ///
  /// - Returns: the port.
  public func start() async throws -> Int {
    try await server.start().port ?? 0
  }

  /// Lets calls that run finish, and ends.
  public func stop() async {
    await server.shutdown(grace: .seconds(1))
  }
}
