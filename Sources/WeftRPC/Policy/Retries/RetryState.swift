/// Decides what follows when an attempt at one call has failed.
struct RetryState: Sendable {
  /// Nil when only what was certainly not processed is tried again.
  private let policy: RetryPolicy?
  /// Paces repeated attempts at what was not processed, and limits them.
  private let transparent: RetryPolicy
  private let budget: RetryBudget?
  private let deadline: ContinuousClock.Instant?

  /// Attempts that the server may have seen, for `grpc-previous-rpc-attempts`.
  private(set) var previousAttempts = 0
  private var unprocessed = 0
  /// Failures since the server last said how long to wait.
  private var backoffStep = 0

  init(
    policy: RetryPolicy?, transparent: RetryPolicy, budget: RetryBudget?,
    deadline: ContinuousClock.Instant?
  ) {
    self.policy = policy
    self.transparent = transparent
    self.budget = budget
    self.deadline = deadline
  }

  /// - Returns: how long to wait before the next attempt; nil when there is to be none.
  mutating func delay(after failure: CallFailure) -> Duration? {
    if failure.isRefusal { return nil }
    if failure.isUnprocessed, !failure.hasReply { return delayUnprocessed() }
    let isRetryable = policy?.retryableStatusCodes.contains(failure.error.code) ?? false
    if isRetryable || failure.pushback == .never { budget?.failed() }
    guard let policy, isRetryable, !failure.hasReply, failure.pushback != .never else { return nil }
    previousAttempts += 1
    if previousAttempts >= policy.maxAttempts || budget?.allows == false { return nil }
    if case .after(let pause) = failure.pushback {
      backoffStep = 0
      return inTime(pause)
    }
    backoffStep += 1
    return inTime(policy.delay(afterAttempt: backoffStep))
  }

  func succeeded() {
    budget?.succeeded()
  }

  func failed() {
    budget?.failed()
  }

  /// The first time at once: another connection will do. After that something is wrong.
  private mutating func delayUnprocessed() -> Duration? {
    unprocessed += 1
    if unprocessed >= transparent.maxAttempts { return nil }
    return unprocessed == 1 ? .zero : inTime(transparent.delay(afterAttempt: unprocessed - 1))
  }

  /// Nil when the deadline comes first.
  private func inTime(_ delay: Duration) -> Duration? {
    guard let deadline else { return delay }
    return deadline - .now > delay ? delay : nil
  }
}
