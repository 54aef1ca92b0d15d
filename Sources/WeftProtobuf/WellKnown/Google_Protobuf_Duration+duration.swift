extension Google_Protobuf_Duration {
  public init(seconds: Int64, nanos: Int32 = 0) {
    self.init()
    self.seconds = seconds
    self.nanos = nanos
  }

  /// To a nanosecond; finer parts are dropped.
  public init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(seconds: seconds, nanos: Int32(attoseconds / 1_000_000_000))
  }

  public var duration: Duration { .seconds(seconds) + .nanoseconds(nanos) }
}
