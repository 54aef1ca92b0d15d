/// The states of a circuit breaker. Knows no clock, so that tests can tell it the time.
struct CircuitBreakerState: Sendable {
  enum Phase: Sendable, Hashable {
    /// Calls pass. So many have failed in a row.
    case closed(failures: Int)
    /// No call passes until then; after that, one.
    case open(until: ContinuousClock.Instant)
    /// Half open: the one call runs.
    case probing
  }

  enum Outcome: Sendable, Hashable {
    case success
    case failure
    /// Nothing is known of the backend.
    case unknown
  }

  let policy: CircuitBreakerPolicy
  private(set) var phase = Phase.closed(failures: 0)

  init(_ policy: CircuitBreakerPolicy) {
    self.policy = policy
  }

  func admits(at now: ContinuousClock.Instant) -> Bool {
    switch phase {
    case .closed: true
    case .open(let end): now >= end
    case .probing: false
    }
  }

  /// - Returns: whether the call may pass.
  mutating func began(at now: ContinuousClock.Instant) -> Bool {
    guard admits(at: now) else { return false }
    if case .open = phase { phase = .probing }
    return true
  }

  /// The backend was gone and is back, perhaps as another process: the next call finds out.
  mutating func cameBack(at now: ContinuousClock.Instant) {
    if case .open = phase { phase = .open(until: now) }
  }

  /// Calls that began before the circuit opened count as well: what they tell is news, too.
  mutating func ended(_ outcome: Outcome, at now: ContinuousClock.Instant) {
    switch (phase, outcome) {
    case (.closed, .success), (.probing, .success): phase = .closed(failures: 0)
    case (.closed(let before), .failure):
      phase =
        before + 1 < policy.failures
        ? .closed(failures: before + 1) : .open(until: now + policy.openDuration)
    case (.probing, .failure): phase = .open(until: now + policy.openDuration)
    // The next call finds out.
    case (.probing, .unknown): phase = .open(until: now)
    case (.open, _), (.closed, .unknown): break
    }
  }
}
