import NIOSSL
import WeftHTTP2
import WeftRPC

/// How a gateway listens and what it allows.
public struct GatewayConfiguration: Sendable {
  /// Address to bind. Plain HTTP belongs on loopback; give ``tls`` for anything else.
  public var host: String
  /// 0 takes a free port, which ``GatewayServer/start()`` tells.
  public var port: Int
  public var tls: TLSConfiguration?
  public var http: HTTPLimits

  /// Size of one request body.
  public var maxBodyBytes: Int
  /// Size of all request bodies that are held at one time.
  public var maxBodyBytesInFlight: Int
  /// Size of all large answers that are on their way to clients at one time.
  public var maxAnswerBytesInFlight: Int
  /// How long a client may take nothing of a large answer.
  public var stallTimeout: Duration
  /// Size of one message that a service answers with.
  public var maxResponseBytes: Int
  /// From the head of a request to the last byte of its body.
  public var bodyTimeout: Duration
  /// How long a unary call may take when the client does not say.
  public var timeout: Duration
  /// The most that a client may ask for.
  public var maxTimeout: Duration
  /// How long a stream may stay silent before its client gets the head of the answer, and with it the certainty
  /// that the stream is open. Until then, an error can still be told with its own HTTP status.
  public var streamHeadDelay: Duration
  /// How often a silent stream of server-sent events carries a comment.
  public var keepAliveInterval: Duration
  /// Size of the envelope's `context`, which travels as metadata.
  public var maxContextBytes: Int
  /// Whether each request is logged.
  public var accessLog: Bool

  /// When a backend gets no calls for a while; nil for never, unless the channel options say it. UNAVAILABLE alone
  /// counts as a failure here: deadlines and inputs are what clients choose, and no client should be able to take a
  /// backend away from the others with them.
  public var circuitBreaker: CircuitBreakerPolicy? = CircuitBreakerPolicy(statusCodes: [.unavailable])

  /// Requests that take at least this long are shown on `/debug`, streams left out.
  public var slowRequest: Duration = .milliseconds(500)
  /// Where slow and failed requests are kept.
  package var recentCalls = RecentCalls.shared
  /// Which requests are traced, and where their spans go.
  public var tracing = Tracing.process
  /// Who may look at `/debug`.
  public var debug = DebugPages.Access.local

  /// What the gateway calls itself in `/health` and in `X-Service-Name`.
  public var serviceName: String

  public init(host: String = "127.0.0.1", port: Int = 8206, tls: TLSConfiguration? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
    http = HTTPLimits()
    maxBodyBytes = 16 << 20
    maxBodyBytesInFlight = 256 << 20
    maxAnswerBytesInFlight = 256 << 20
    stallTimeout = .seconds(30)
    maxResponseBytes = 16 << 20
    bodyTimeout = .seconds(30)
    timeout = .seconds(30)
    maxTimeout = .seconds(300)
    streamHeadDelay = .milliseconds(500)
    keepAliveInterval = .seconds(15)
    maxContextBytes = 4 << 10
    accessLog = true
    serviceName = "gateway"
  }
}
