import NIOCore
import NIOSSL
import WeftHTTP2

/// Where an RPC server listens and what it takes from a peer.
public struct RPCServerConfiguration: Sendable {
  /// Address to bind, or a socket's path after `unix:`.
  public var host: String
  /// 0 takes a free port.
  public var port: Int
  /// Mutual TLS. Without it, calls are refused unless ``insecure`` is set.
  public var tls: TLSConfiguration?
  /// The same, where certificates are replaced while the server runs. Wins over ``tls``.
  public var reloadableTLS: ReloadableTLS?
  /// Whether calls in plain text are served. For development and for sockets that the system guards.
  public var insecure: Bool
  public var http: HTTPLimits
  /// Bytes of one received message.
  public var maxRequestBytes = 4 << 20
  /// Bytes of messages that are not whole or not read yet, over all streams of one connection.
  public var maxBufferedBytesPerConnection = 64 << 20
  /// The same over all connections. Above it, connections that hold more than an equal part may add nothing; so that
  /// all together may hold twice this.
  public var maxBufferedBytes = 128 << 20
  /// How replies are packed for callers that can read it. A handler may choose otherwise.
  public var compression = MessageEncoding.identity
  /// Sent as `x-service-name` with the vitals.
  public var serviceName = "weft"
  /// Whether `grpc.reflection` is served.
  public var reflection = true
  /// Whether `grpc.channelz.v1` is served. It tells of the whole process: its servers, channels, and who is
  /// connected with whom.
  public var channelz = false
  /// How many calls the server takes at a time. Those of health, reflection and channelz are not counted.
  public var concurrencyLimit: ConcurrencyLimit?
  /// How many calls of a method are served at a time, by its path (`/package.Service/Method`), or by
  /// `/package.Service/*` for each method of a service, or by `*` for each method. The closest one holds.
  public var methodLimits: [String: ConcurrencyLimit] = [:]
  /// How long a handler may hold its event loop up before the log tells of it by name; nil never looks.
  public var blockedLoopThreshold: Duration? = .milliseconds(250)
  /// When clients are asked whether they are still there; nil never.
  public var keepalive: KeepaliveOptions? = .server
  /// How often clients may ask that; nil as often as they like.
  public var keepaliveEnforcement: KeepaliveEnforcement? = KeepaliveEnforcement()
  /// How long a connection takes new calls, give or take a tenth; nil for ever. It ends with a GOAWAY that lets
  /// what runs finish. Clients then look for servers anew, which spreads them over new instances.
  public var maxConnectionAge: Duration?
  /// How long calls may go on after ``maxConnectionAge``; nil for ever.
  public var maxConnectionAgeGrace: Duration?
  /// How long a connection is kept while no call runs; nil for ever.
  public var maxConnectionIdle: Duration?
  /// Decides who may call what. Without it every caller that is let in may call every method.
  public var authorizer: Authorizer?
  /// Which calls are traced that come without a trace, and where their spans go.
  public var tracing = Tracing.inherited
  /// Keeps calls for later; nil keeps none.
  public var binaryLog: BinaryLog?
  /// Unary calls that take at least this long are shown on `/debug`.
  public var slowCall: Duration = .milliseconds(500)
  /// Where slow and failed calls are kept.
  package var recentCalls = RecentCalls.shared

  public init(
    host: String = "127.0.0.1", port: Int = 0, tls: TLSConfiguration? = nil, insecure: Bool = false,
    http: HTTPLimits = HTTPLimits()
  ) {
    self.host = host
    self.port = port
    self.tls = tls
    self.insecure = insecure
    self.http = http
  }
}
