import NIOCore

/// How long a connection has had no open stream.
struct IdleWatch {
  let timeout: TimeAmount
  private var since: NIODeadline

  init(timeout: TimeAmount, now: NIODeadline) {
    self.timeout = timeout
    since = now
  }

  /// The last open stream ended.
  mutating func rests() {
    since = .now()
  }

  /// When the connection has rested for too long; later than `now` while it is busy.
  func end(now: NIODeadline, isBusy: Bool) -> NIODeadline {
    (isBusy ? now : since) + timeout
  }
}
