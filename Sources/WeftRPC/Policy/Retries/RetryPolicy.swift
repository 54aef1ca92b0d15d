/// When a failed call is made again (gRFC A6).
///
/// A call that the server certainly did not process is tried again without any policy. As
/// ``ChannelOptions/retry`` a policy counts for methods that are marked idempotent; as ``MethodConfig/retry``
/// for every method that it names.
public struct RetryPolicy: Sendable, Hashable {
  /// Attempts in all; 1 never tries again.
  public var maxAttempts = 4
  public var initialBackoff: Duration = .milliseconds(25)
  public var maxBackoff: Duration = .seconds(1)
  public var backoffMultiplier = 2.0
  /// Statuses after which there is another attempt.
  public var retryableStatusCodes: Set<StatusCode> = [.unavailable]
  /// The channel's budget of retries, unless its service config has one. Not used in a ``MethodConfig``.
  public var throttling: RetryThrottling? = RetryThrottling()

  public init() {}

  /// Exponential, with a fifth of jitter either way.
  ///
  /// - Parameter attempt: attempts that failed, from 1.
  func delay(afterAttempt attempt: Int) -> Duration {
    var seconds = initialBackoff / .seconds(1)
    let limit = maxBackoff / .seconds(1)
    for _ in 1..<max(attempt, 1) where seconds < limit { seconds *= backoffMultiplier }
    return .seconds(min(seconds, limit) * Double.random(in: 0.8...1.2))
  }
}

/// When a call is sent again before the first attempt has failed (gRFC A6). Only for calls that may be
/// carried out several times.
public struct HedgingPolicy: Sendable, Hashable {
  /// Attempts in all.
  public var maxAttempts = 2
  /// How long each attempt is waited for before the next is made beside it; zero makes all at once.
  public var delay: Duration = .zero
  /// Statuses after which the others are waited for, and the next attempt is made at once. Any other
  /// status, and any reply, ends the call.
  public var nonFatalStatusCodes: Set<StatusCode> = []

  public init(maxAttempts: Int = 2, delay: Duration = .zero, nonFatalStatusCodes: Set<StatusCode> = []) {
    self.maxAttempts = maxAttempts
    self.delay = delay
    self.nonFatalStatusCodes = nonFatalStatusCodes
  }
}

/// The budget of retries and hedges of one channel (gRFC A6): each failure takes a token, each success gives
/// a part of one back, and nothing is retried while half of them or fewer are left. So a service that is down
/// is not called several times as often.
public struct RetryThrottling: Sendable, Hashable {
  /// From 1 to 1000.
  public var maxTokens: Int
  /// Tokens that a success gives back.
  public var tokenRatio: Double

  public init(maxTokens: Int = 100, tokenRatio: Double = 0.1) {
    self.maxTokens = maxTokens
    self.tokenRatio = tokenRatio
  }
}
