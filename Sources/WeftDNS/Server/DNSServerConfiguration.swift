import NIOCore

/// Where a DNS server listens, and what one client may take of it.
public struct DNSServerConfiguration: Sendable {
  /// The address of one interface, or 0.0.0.0 or :: for all. On a machine with several addresses name one: an answer
  /// over UDP may otherwise leave from another than the one that was asked, and resolvers drop it.
  public var host = "127.0.0.1"
  /// 0 takes a free one.
  public var port = 8600
  public var limits = DNSServerLimits()

  public init() {}
}

public struct DNSServerLimits: Sendable {
  /// Queries a second over UDP from one address (of IPv6: from one /64). Above it every second query is answered
  /// with "use TCP", which a forged source cannot, and the others with nothing.
  public var queriesPerSecond = 5_000
  /// Whether queries from this machine are counted, too. They cannot be forged, and one local resolver may ask for
  /// everybody.
  public var limitsLoopback = false
  /// Open TCP connections; further ones are closed at once.
  public var connections = 512
  public var connectionsPerSource = 64
  /// From one whole query to the next on a connection, and so for a query to arrive and for its answer to be taken.
  public var idleTimeout = TimeAmount.seconds(10)
  /// Bytes of one query over TCP. Real ones have some hundred.
  public var queryBytes = 4_096
  /// Bytes of answers that wait for a client on one connection before its next query is looked at.
  public var queuedBytes = 64 << 10

  public init() {}
}
