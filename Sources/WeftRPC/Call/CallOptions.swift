/// How one call is to be made. What is nil is left to the channel's ``ServiceConfig``, then to a default.
public struct CallOptions: Sendable {
  /// How long the call may take, retries included. A call made while another is being served never
  /// outlives that one's deadline, whatever stands here.
  public var timeout: Duration?
  public var metadata: Metadata
  /// Whether to wait for a connection when none can be made now, instead of failing with UNAVAILABLE, which
  /// is the default.
  public var waitForReady: Bool?
  /// Bytes of one received message; 4 MiB by default. A larger one ends the call with RESOURCE_EXHAUSTED.
  public var maxResponseBytes: Int?
  /// Bytes of one sent message; not limited by default. A larger one is not sent: RESOURCE_EXHAUSTED.
  public var maxRequestBytes: Int?
  /// How the messages that are sent are packed; nil leaves it to the channel. A message that would not
  /// become smaller goes as it is.
  public var compression: MessageEncoding?
  /// With ``LoadBalancingPolicy/ringHash(minRingSize:maxRingSize:header:)``, calls with the same key go to the same server.
  public var hashKey: String?

  public init(
    timeout: Duration? = nil, metadata: Metadata = Metadata(), waitForReady: Bool? = nil,
    maxResponseBytes: Int? = nil, maxRequestBytes: Int? = nil
  ) {
    self.timeout = timeout
    self.metadata = metadata
    self.waitForReady = waitForReady
    self.maxResponseBytes = maxResponseBytes
    self.maxRequestBytes = maxRequestBytes
  }
}
