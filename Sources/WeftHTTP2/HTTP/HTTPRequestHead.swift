/// Who is at the other end of a connection.
public struct PeerInfo: Sendable, Hashable {
  /// Address and port, or `unix:path`.
  public var remoteAddress: String
  public var isTLS: Bool
  /// Whether the peer is in this process: it needs no TLS to be trusted.
  public var isInProcess = false
  /// Names in the verified client certificate: URI subject alternative names, then DNS names.
  /// Empty without a certificate.
  public var identities: [String]
  public var commonName: String?

  public init(
    remoteAddress: String, isTLS: Bool = false, identities: [String] = [], commonName: String? = nil
  ) {
    self.remoteAddress = remoteAddress
    self.isTLS = isTLS
    self.identities = identities
    self.commonName = commonName
  }
}

public enum HTTPVersion: String, Sendable {
  case http1 = "HTTP/1.1"
  case http2 = "HTTP/2"
}

/// A request as it stood on the wire: nothing is percent-decoded.
public struct HTTPRequestHead: Sendable {
  public var method: String
  /// Path and query as received.
  public var target: String
  public var scheme: String
  public var authority: String?
  public var version: HTTPVersion
  public var fields: HTTPFields
  public var peer: PeerInfo

  public init(
    method: String, target: String, scheme: String = "http", authority: String? = nil,
    version: HTTPVersion = .http1, fields: HTTPFields = [:], peer: PeerInfo
  ) {
    self.method = method
    self.target = target
    self.scheme = scheme
    self.authority = authority
    self.version = version
    self.fields = fields
    self.peer = peer
  }

  /// The target before its query, still percent-encoded.
  public var path: String {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return target }
    return String(target[..<mark])
  }

  /// What follows the first question mark, still percent-encoded.
  public var query: String? {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    return String(target[target.utf8.index(after: mark)...])
  }
}
