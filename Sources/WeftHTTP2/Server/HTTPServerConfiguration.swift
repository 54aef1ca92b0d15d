import NIOCore
import NIOSSL

/// Where and how an HTTP server listens.
public struct HTTPServerConfiguration: Sendable {
  /// Address to bind, or a socket's path after `unix:`.
  public var host: String
  /// 0 takes a free port, which ``HTTPServer/start()`` tells.
  public var port: Int
  /// With TLS, connections that begin with a TLS record are negotiated by ALPN (`h2`, `http/1.1`).
  public var tls: TLSConfiguration?
  /// The same, where certificates are replaced while the server runs. Wins over ``tls``.
  public var reloadableTLS: ReloadableTLS?
  /// With TLS, what becomes of connections that do not begin with a TLS record.
  public var allowsPlaintext: Bool
  public var limits: HTTPLimits
  /// Whether ``HTTPLimits/idleTimeout`` holds for HTTP/2 peers without a certificate as well.
  public var closesIdleHTTP2 = true
  /// When HTTP/2 clients are asked whether they are still there; nil never.
  public var keepalive: KeepaliveOptions? = .server
  /// How often HTTP/2 clients may ask that; nil as often as they like.
  public var keepaliveEnforcement: KeepaliveEnforcement? = KeepaliveEnforcement()
  /// How long an HTTP/2 connection takes new streams, give or take a tenth; nil for ever. It ends with a
  /// GOAWAY that lets what runs finish.
  public var maxConnectionAge: TimeAmount?
  /// How long streams may go on after ``maxConnectionAge``; nil for ever.
  public var maxConnectionAgeGrace: TimeAmount?
  /// How long an HTTP/2 connection is kept while no stream is open, whoever the peer is; nil for ever.
  public var maxConnectionIdle: TimeAmount?
  /// Connections that the kernel keeps until they are accepted.
  public var backlog: Int32 = 1024

  public init(
    host: String = "127.0.0.1", port: Int, tls: TLSConfiguration? = nil, allowsPlaintext: Bool = true,
    limits: HTTPLimits = HTTPLimits()
  ) {
    self.host = host
    self.port = port
    self.tls = tls
    self.allowsPlaintext = allowsPlaintext
    self.limits = limits
  }

  /// - Parameter isStranger: whether the peer has shown no certificate.
  func times(isStranger: Bool) -> ConnectionTimes {
    var idle = maxConnectionIdle
    if isStranger, closesIdleHTTP2 { idle = min(idle ?? limits.idleTimeout, limits.idleTimeout) }
    return ConnectionTimes(
      maxIdle: idle, maxAge: maxConnectionAge, maxAgeGrace: maxConnectionAgeGrace, keepalive: keepalive,
      enforcement: keepaliveEnforcement)
  }
}
