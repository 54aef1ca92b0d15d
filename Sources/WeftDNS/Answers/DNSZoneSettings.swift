/// The zone that is answered for, and how long answers may be kept.
public struct DNSZoneSettings: Sendable {
  /// Without a dot at its end.
  public var domain = "consul"
  /// The one datacentre whose instances are known here.
  public var datacenter = "dc1"
  /// Seconds that a client may keep the answer about a service; 0 asks it to ask each time.
  public var serviceTTL: UInt32 = 0
  /// The same for single services, by name in lower case; a `*` at the end stands for any rest. The longest wins.
  public var serviceTTLs: [String: UInt32] = [:]
  public var nodeTTL: UInt32 = 0
  /// Seconds that "there is no such name" may be kept (RFC 2308).
  public var negativeTTL: UInt32 = 0
  /// Where this server is reached by others: the addresses of the zone's name server.
  public var addresses: [IPAddress] = []
  /// Bytes of the largest datagram. Larger ones would be cut into fragments, which many networks drop.
  public var payloadBytes = 1_232

  public init() {}

  /// Whether a text can be ``domain``.
  public static func isDomain(_ text: String) -> Bool {
    DNSName(text).map { $0 != .root } ?? false
  }

  func ttl(ofService name: String) -> UInt32 {
    guard !serviceTTLs.isEmpty else { return serviceTTL }
    let name = name.lowercased()
    if let exact = serviceTTLs[name] { return exact }
    let patterns = serviceTTLs.filter { $0.key.hasSuffix("*") && name.hasPrefix($0.key.dropLast()) }
    return patterns.max { $0.key.utf8.count < $1.key.utf8.count }?.value ?? serviceTTL
  }
}
