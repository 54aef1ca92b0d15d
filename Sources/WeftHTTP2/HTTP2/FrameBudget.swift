import NIOCore

/// Bounds the frames that bring nothing: SETTINGS, PING, PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones
/// (CVE-2019-9512, -9513, -9515, -9518). Each costs its sender nine bytes and this side some work.
///
/// A peer has a burst of them, then what it earns by being sent something and by waiting. Looks at the
/// clock only when the burst is used up.
struct FrameBudget {
  private var left = burst
  private var paidFor: UInt64 = 0
  private var refilled: NIODeadline

  static let burst = 1000
  /// For each head and piece of a body that was sent: clients open windows and measure the network by PING.
  static let perMessage = 10
  static let perSecond = 100

  init(now: NIODeadline = .now()) {
    refilled = now
  }

  /// - Parameter sent: the connection's count of heads and pieces of bodies that were sent.
  /// - Returns: false when the peer has overdone it.
  @inline(__always)
  mutating func spend(sent: UInt64, now: @autoclosure () -> NIODeadline = .now()) -> Bool {
    left -= 1
    return left >= 0 || refill(sent: sent, now: now())
  }

  private mutating func refill(sent: UInt64, now: NIODeadline) -> Bool {
    let messages = Int(clamping: sent &- paidFor)
    let milliseconds = Int(clamping: (now - refilled).nanoseconds / 1_000_000)
    let earned =
      min(messages, Self.burst) * Self.perMessage + min(milliseconds, 60_000) * Self.perSecond / 1000
    paidFor = sent
    refilled = now
    left = min(earned, Self.burst) - 1
    return left >= 0
  }
}
