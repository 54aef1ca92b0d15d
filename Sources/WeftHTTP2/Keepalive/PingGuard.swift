import NIOCore

/// Counts the PINGs of one client that came too early (gRFC A8).
struct PingGuard {
  let rules: KeepaliveEnforcement
  private var last: NIODeadline?
  private var strikes = 0
  private var sent: UInt64 = 0

  /// What a client without calls may do when the rules do not permit it to ask.
  private static let intervalWithoutCalls = TimeAmount.hours(2)

  init(_ rules: KeepaliveEnforcement) {
    self.rules = rules
  }

  /// A PING came.
  ///
  /// - Parameter sent: a count that grows with every head and body that the client was sent: PINGs that
  ///   follow those are a client measuring its network, which all of them do.
  /// - Returns: whether the client has to be sent away.
  mutating func isTooMany(now: NIODeadline, isBusy: Bool, sent: UInt64) -> Bool {
    defer { last = now }
    if sent != self.sent {
      self.sent = sent
      strikes = 0
      return false
    }
    let interval = isBusy || rules.permitWithoutCalls ? rules.minInterval : Self.intervalWithoutCalls
    if let last, last + interval > now { strikes += 1 }
    return strikes > rules.toleratedStrikes
  }
}
