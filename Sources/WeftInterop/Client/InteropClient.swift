import NIOCore
import NIOSSL
import WeftRPC

/// Carries out the cases of gRPC's `interop-test-descriptions` against any server of `grpc.testing.TestService`.
public final class InteropClient: Sendable {
  /// Whom to call and how.
  public struct Options: Sendable {
    public var host = "localhost"
    public var port: Int
    public var tls: TLS?
    /// The name to claim to be connecting to, for TLS and `:authority`.
    public var hostOverride: String?
    public var serviceConfig: ServiceConfig?
    /// Sent with every call.
    public var additionalMetadata: AdditionalMetadata?
    public var soak = Soak()

    public init(port: Int) {
      self.port = port
    }
  }

  /// Whom to trust.
  public struct TLS: Sendable {
    /// A PEM file with the authorities; nil takes those of the system.
    public var authorities: String?

    public init(authorities: String?) {
      self.authorities = authorities
    }
  }

  /// How `rpc_soak` and `channel_soak` go.
  public struct Soak: Sendable {
    public var iterations = 10
    public var maxFailures = 0
    /// A slower call counts as a failure.
    public var maxLatency: Duration = .seconds(1)
    /// Nil allows `maxLatency` for each call.
    public var overallTimeout: Duration?
    public var minTimeBetweenCalls: Duration = .zero
    /// Bytes in the payload of each request.
    public var requestBytes = InteropClient.largeRequestBytes
    /// Bytes in the payload of each response.
    public var responseBytes = InteropClient.largeResponseBytes
    /// Callers at a time, each of which makes its part of the calls one after another.
    public var callers = 1

    public init() {}
  }

  let options: Options
  let channel: WeftRPC.Channel
  var service: Grpc_Testing_TestServiceClient { Grpc_Testing_TestServiceClient(channel) }

  /// - Throws: when the authorities cannot be read.
  public init(_ options: Options) throws {
    self.options = options
    channel = try Self.makeChannel(options)
  }

  /// Ends the channel; the client is of no use after it.
  public func shutdown() async {
    await channel.shutdown()
  }

  static func makeChannel(_ options: Options) throws -> WeftRPC.Channel {
    var channelOptions = ChannelOptions()
    channelOptions.authority = options.hostOverride
    if let config = options.serviceConfig { channelOptions.serviceConfig = config }
    if let metadata = options.additionalMetadata { channelOptions.interceptors.append(metadata) }
    if let tls = options.tls {
      var settings = TLSConfiguration.makeClientConfiguration()
      settings.minimumTLSVersion = .tlsv12
      if let path = tls.authorities {
        settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
      }
      channelOptions.tls = .tls(settings)
    }
    let host = options.host.contains(":") ? "[\(options.host)]" : options.host
    return Channel(target: "dns:///\(host):\(options.port)", options: channelOptions)
  }
}
