import Logging
import NIOCore
import NIOSSL
import WeftHTTP2

/// How a channel connects, spreads calls and tries again.
public struct ChannelOptions: Sendable {
  public enum TLS: Sendable {
    case plaintext
    /// - Parameter serverIdentity: a name that every server's certificate must carry, unless the endpoint
    ///   names its own.
    case tls(TLSConfiguration, serverIdentity: String? = nil)
    /// Settings whose certificates are renewed while the channel is in use.
    case reloadable(ReloadableTLS, serverIdentity: String? = nil)

    /// The name that every server's certificate must carry.
    var serverIdentity: String? {
      switch self {
      case .plaintext: nil
      case .tls(_, let identity), .reloadable(_, let identity): identity
      }
    }

    func made() throws -> ReloadableTLS? {
      switch self {
      case .plaintext: nil
      case .tls(let settings, _): try ReloadableTLS(settings, role: .client)
      case .reloadable(let tls, _): tls
      }
    }
  }

  public var tls: TLS
  /// How calls are spread over the addresses, where ``serviceConfig`` says nothing else.
  public var loadBalancing: LoadBalancingPolicy
  /// When calls of idempotent methods are tried again, where ``serviceConfig`` says nothing else.
  public var retry: RetryPolicy
  /// How the service wants to be called: per-method settings, retries, hedging, health checks, outliers.
  public var serviceConfig = ServiceConfig()
  /// Resolvers for schemes beside those that are built in (`dns`, `ipv4`, `ipv6`, `static`, `unix`).
  public var resolvers: [String: any Resolver]
  public var interceptors: [any ClientInterceptor]
  /// `:authority` of every call, and the name that TLS asks for and checks, instead of the one in the target.
  public var authority: String?
  /// How long one attempt to connect may take.
  public var connectTimeout: Duration
  /// When names of `dns:///` targets are looked up again.
  public var dns: DNSOptions
  /// After this time without a call the channel drops its connections, until there is one. Nil keeps them.
  public var idleTimeout: Duration?
  /// Connections to one address at most. There is one, and more while calls wait because each has as many
  /// streams as its server allows.
  public var maxConnectionsPerAddress: Int
  /// Further connections to an address are dropped after this time without a call.
  public var extraConnectionIdleTimeout: Duration
  /// Asks connections that are quiet whether they still stand; nil never does. Servers send clients away that
  /// ask oftener than they allow.
  public var keepalive: KeepaliveOptions?
  public var backoff: ConnectionBackoff
  public var http: HTTPLimits
  /// How messages are packed in calls that do not say it themselves. Replies are read however they are packed.
  public var compression = MessageEncoding.identity
  public var logger: Logger
  /// Keeps calls for later, attempt by attempt; nil keeps none.
  public var binaryLog: BinaryLog?

  public init(
    tls: TLS = .plaintext, loadBalancing: LoadBalancingPolicy = .weightedRoundRobin,
    retry: RetryPolicy = RetryPolicy(),
    resolvers: [String: any Resolver] = [:], interceptors: [any ClientInterceptor] = []
  ) {
    self.tls = tls
    self.loadBalancing = loadBalancing
    self.retry = retry
    self.resolvers = resolvers
    self.interceptors = interceptors
    connectTimeout = .seconds(20)
    dns = DNSOptions()
    idleTimeout = .seconds(30 * 60)
    maxConnectionsPerAddress = 8
    extraConnectionIdleTimeout = .seconds(30)
    backoff = ConnectionBackoff()
    http = HTTPLimits()
    logger = Logger(label: "weft.channel")
  }
}

/// Pauses between attempts to connect (gRPC's `connection-backoff`).
public struct ConnectionBackoff: Sendable {
  public var initial: Duration = .seconds(1)
  public var multiplier = 1.6
  public var jitter = 0.2
  public var max: Duration = .seconds(120)

  public init() {}

  /// - Parameter attempt: failures in a row, from 1.
  func delay(afterFailure attempt: Int) -> Duration {
    var seconds = initial / .seconds(1)
    for _ in 1..<Swift.max(attempt, 1) { seconds = Swift.min(seconds * multiplier, max / .seconds(1)) }
    return .seconds(seconds * Double.random(in: (1 - jitter)...(1 + jitter)))
  }
}
