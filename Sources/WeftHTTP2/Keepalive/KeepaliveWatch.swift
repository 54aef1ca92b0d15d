import NIOCore

/// Decides when a connection pings its peer, and when it stops to wait for the answer.
///
/// A read costs it one stored flag and no look at a clock; in return it looks at the flag four times in
/// ``KeepaliveOptions/time``, and pings by as much later.
struct KeepaliveWatch {
  enum Step: Equatable {
    case wait(until: NIODeadline)
    case ping(lookAgain: NIODeadline)
    case peerIsGone
  }

  let options: KeepaliveOptions
  /// Set by every read.
  var heard = false
  private var lastHeard: NIODeadline
  private var pingedAt: NIODeadline?
  private var lookedOnceMore = false

  /// A loop that was held up for long reads what came before it looks again.
  private static let lastLook = TimeAmount.milliseconds(1)

  init(_ options: KeepaliveOptions, now: NIODeadline = .now()) {
    self.options = options
    lastHeard = now
  }

  mutating func step(now: NIODeadline, isBusy: Bool) -> Step {
    if heard {
      heard = false
      lastHeard = now
      pingedAt = nil
      lookedOnceMore = false
    }
    let tick = now + max(options.time / 4, .milliseconds(1))
    if let pingedAt {
      let end = pingedAt + options.timeout
      if end > now { return .wait(until: min(tick, end)) }
      if lookedOnceMore { return .peerIsGone }
      lookedOnceMore = true
      return .wait(until: now + Self.lastLook)
    }
    guard isBusy || options.permitWithoutCalls else { return .wait(until: tick) }
    if lastHeard + options.time > now { return .wait(until: min(tick, lastHeard + options.time)) }
    pingedAt = now
    return .ping(lookAgain: min(tick, now + options.timeout))
  }
}

extension TimeAmount {
  fileprivate static func / (amount: TimeAmount, divisor: Int64) -> TimeAmount {
    .nanoseconds(amount.nanoseconds / divisor)
  }
}
