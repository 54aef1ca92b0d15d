import NIOCore

/// What a connection has to do when its time has come, whatever its peer does. All of it is off when nil.
struct ConnectionTimes {
  /// How long the connection is kept while no stream is open.
  var maxIdle: TimeAmount?
  /// How long it takes new streams, give or take a tenth, so that clients do not all come back at once.
  var maxAge: TimeAmount?
  /// How long streams may go on after that.
  var maxAgeGrace: TimeAmount?
  /// Client or server: when to ask the peer whether it is still there.
  var keepalive: KeepaliveOptions?
  /// Server: how often the peer may ask.
  var enforcement: KeepaliveEnforcement?
}

/// The deadlines of one connection, looked at together by one timer.
struct ConnectionClock {
  enum Due: Equatable {
    case nothing
    case ping
    /// Time to take no more streams, for a reason that the peer is told.
    case drain(String)
    /// Streams that drained have had their time.
    case cutOff
    case peerIsGone
  }

  private var idle: IdleWatch?
  var keepalive: KeepaliveWatch?
  private var drainAt: NIODeadline?
  private var cutOffAt: NIODeadline?
  private let grace: TimeAmount?

  /// A timer is not cancelled when its connection closes, which would search through all of them, but it
  /// never waits for longer than this.
  private static let longestWait = TimeAmount.seconds(60)

  init(_ times: ConnectionTimes, now: NIODeadline = .now()) {
    idle = times.maxIdle.map { IdleWatch(timeout: $0, now: now) }
    keepalive = times.keepalive.map { KeepaliveWatch($0, now: now) }
    drainAt = times.maxAge.map { age in
      now + .nanoseconds(Int64(Double(age.nanoseconds) * .random(in: 0.9...1.1)))
    }
    grace = times.maxAgeGrace
  }

  /// Whether there is anything to look at.
  var isRunning: Bool { idle != nil || keepalive != nil || drainAt != nil || cutOffAt != nil }

  /// The last open stream ended.
  mutating func rests() {
    idle?.rests()
  }

  /// - Returns: what has to be done now, and when to look again.
  mutating func look(
    now: NIODeadline, isBusy: Bool, isDraining: Bool
  ) -> (due: Due, next: NIODeadline) {
    var next = now + Self.longestWait
    if let cutOffAt {
      if cutOffAt <= now { return (.cutOff, next) }
      next = min(next, cutOffAt)
    }
    if !isDraining {
      if let drainAt {
        if drainAt <= now { return (startDrain(now), min(next, cutOffAt ?? next)) }
        next = min(next, drainAt)
      }
      if let end = idle?.end(now: now, isBusy: isBusy) {
        if end <= now { return (.drain("max_idle"), next) }
        next = min(next, end)
      }
    }
    switch keepalive?.step(now: now, isBusy: isBusy) {
    case .ping(let again): return (.ping, min(next, again))
    case .peerIsGone: return (.peerIsGone, next)
    case .wait(let until): return (.nothing, min(next, until))
    case nil: return (.nothing, next)
    }
  }

  private mutating func startDrain(_ now: NIODeadline) -> Due {
    drainAt = nil
    cutOffAt = grace.map { now + $0 }
    return .drain("max_age")
  }
}
