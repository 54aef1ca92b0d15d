/// How one call is to be made.
public struct CallOptions: Sendable {
  /// How long the call may take, retries included. A call made while another is being served never
  /// outlives that one's deadline, whatever stands here.
  public var timeout: Duration?
  public var metadata: Metadata
  /// Whether to wait for a connection when none can be made now, instead of failing with UNAVAILABLE.
  public var waitForReady: Bool
  /// Bytes of one received message.
  public var maxResponseBytes: Int
  /// How the messages that are sent are packed; nil leaves it to the channel. A message that would not
  /// become smaller goes as it is.
  public var compression: MessageEncoding?

  public init(
    timeout: Duration? = nil, metadata: Metadata = Metadata(), waitForReady: Bool = false,
    maxResponseBytes: Int = 4 << 20
  ) {
    self.timeout = timeout
    self.metadata = metadata
    self.waitForReady = waitForReady
    self.maxResponseBytes = maxResponseBytes
  }
}
