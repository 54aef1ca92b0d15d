import NIOCore

/// How long a connection has had no open stream.
struct IdleWatch {
  let timeout: TimeAmount
  private var since = NIODeadline.now()

  init(timeout: TimeAmount) {
    self.timeout = timeout
  }

  /// The last open stream ended.
  mutating func rests() {
    since = .now()
  }

  /// When to look again; zero or less once the connection has rested for too long.
  func timeLeft(isBusy: Bool) -> TimeAmount {
    isBusy ? timeout : since + timeout - .now()
  }
}
