import NIOCore

/// Bounds what a peer may have done for nothing: frames that bring nothing, calls that it takes back at once.
///
/// A peer has a burst of them, then what it earns by being sent something and by waiting. Looks at the
/// clock only when the burst is used up.
struct FrameBudget {
  struct Rates {
    var burst: Int
    /// For each head and piece of a body that was sent to the peer.
    var perMessage: Int
    var perSecond: Int

    /// SETTINGS, PING, PRIORITY, WINDOW_UPDATE, empty DATA, unknown frames (CVE-2019-9512, -9513, -9515, -9518).
    /// Each costs its sender nine bytes and this side some work. Clients open windows and measure the network by PING.
    static let emptyFrames = Rates(burst: 1000, perMessage: 10, perSecond: 100)

    /// Streams whose window SETTINGS change: each such frame has nghttp2 visit all that are open. Peers that fit
    /// the window to the network change it a dozen times, and pay for 256 streams sixteen times. What is sent earns
    /// nothing, because opening tiny windows makes this side send.
    static let windowChanges = Rates(burst: 4096, perMessage: 0, perSecond: 1024)

    /// Calls that the peer resets right after it has begun them (CVE-2023-44487). One that loses patience with all of
    /// its calls at once may; so may one whose other calls are answered.
    static func hastyResets(streams: Int) -> Rates {
      Rates(burst: min(max(streams, 100), 1000), perMessage: 10, perSecond: 100)
    }
  }

  private let rates: Rates
  private var left: Int
  private var paidFor: UInt64 = 0
  private var refilled: NIODeadline

  init(_ rates: Rates, now: NIODeadline = .now()) {
    self.rates = rates
    left = rates.burst
    refilled = now
  }

  /// - Parameter sent: the connection's count of heads and pieces of bodies that were sent.
  /// - Returns: false when the peer has overdone it.
  @inline(__always)
  mutating func spend(_ cost: Int = 1, sent: UInt64, now: @autoclosure () -> NIODeadline = .now()) -> Bool {
    left -= cost
    return left >= 0 || refill(cost, sent: sent, now: now())
  }

  private mutating func refill(_ cost: Int, sent: UInt64, now: NIODeadline) -> Bool {
    let messages = Int(clamping: sent &- paidFor)
    let milliseconds = Int(clamping: (now - refilled).nanoseconds / 1_000_000)
    let earned =
      min(messages, rates.burst) * rates.perMessage + min(milliseconds, 60_000) * rates.perSecond / 1000
    paidFor = sent
    refilled = now
    left = min(earned, rates.burst) - cost
    return left >= 0
  }
}
