import NIOCore

/// What one peer may take of a process. All limits are on by default.
public struct HTTPLimits: Sendable {
  /// Bytes of one header block, counted as RFC 9113, 6.5.2 does: names, values and 32 for each field.
  public var maxHeaderBytes = 16 << 10
  public var maxHeaderCount = 100
  /// Streams that a peer may have open on one connection.
  public var maxConcurrentStreams = 256
  /// Connections that a listener keeps open; further ones are closed at once. Never more than the process
  /// may have files open, less a reserve for everything else.
  public var maxConnections = 20_000
  /// From the connection's start to the end of TLS and of the first request's head, and for each
  /// HTTP/2 frame or HTTP/1.1 head from its first to its last byte.
  public var headerTimeout = TimeAmount.seconds(10)
  /// How long a connection without a request is kept: of HTTP/1.1, and of HTTP/2 peers that have shown no
  /// certificate. Clients of the mesh keep theirs open for the next call.
  public var idleTimeout = TimeAmount.seconds(60)
  /// Bytes that a stream may send ahead of its reader (RFC 9113, 6.9).
  public var streamWindow = 256 << 10
  /// Bytes that a connection may send ahead of all its readers.
  public var connectionWindow = 1 << 20
  /// Bytes that a writer may queue on a stream before it has to wait.
  public var writeHighWater = 64 << 10

  /// Bytes of answers that all peers of a server may leave untaken. Above it, connections that hold
  /// more than their part and take nothing are closed.
  public var maxQueuedBytes = 64 << 20

  public init() {}

  /// What a peer is told that sends more than ``maxHeaderBytes`` or ``maxHeaderCount``.
  static let headersTooLarge = "the request's header fields are over the limit on their size or number\n"
}
