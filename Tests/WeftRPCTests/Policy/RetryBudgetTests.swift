import Testing

@testable import WeftRPC

/// The tokens that retries are paid with, and the pauses before them.
@Suite struct RetryBudgetTests {
  @Test func halfOfTheTokensMustBeLeft() {
    let budget = RetryBudget(RetryThrottling(maxTokens: 4, tokenRatio: 0.5))
    budget.failed()
    #expect(budget.allows)
    budget.failed()
    #expect(!budget.allows)
    budget.succeeded()
    #expect(budget.allows)
  }

  @Test func tokensStayWithinTheirBounds() {
    let budget = RetryBudget(RetryThrottling(maxTokens: 2, tokenRatio: 1))
    for _ in 0..<10 { budget.failed() }
    budget.succeeded()
    #expect(!budget.allows)
    for _ in 0..<10 { budget.succeeded() }
    budget.failed()
    #expect(!budget.allows)
    budget.succeeded()
    #expect(budget.allows)
  }

  @Test func pausesGrowUpToTheLimitWithAFifthOfJitter() {
    var policy = RetryPolicy()
    policy.initialBackoff = .milliseconds(100)
    policy.backoffMultiplier = 3
    policy.maxBackoff = .milliseconds(500)
    for (attempt, milliseconds) in [(1, 100.0), (2, 300), (3, 500), (4, 500), (1_000_000, 500)] {
      for _ in 0..<20 {
        let pause = policy.delay(afterAttempt: attempt) / .milliseconds(1)
        #expect((0.79 * milliseconds...1.21 * milliseconds).contains(pause))
      }
    }
  }

  @Test func pushBackStartsTheBackoffAnew() {
    var policy = RetryPolicy()
    policy.maxAttempts = 10
    policy.initialBackoff = .seconds(1)
    policy.maxBackoff = .seconds(100)
    var retry = RetryState(policy: policy, transparent: policy, budget: nil, deadline: nil)
    var failure = CallFailure(
      error: RPCError(.unavailable, ""), isUnprocessed: false, hasReply: false, isFromServer: true)
    for _ in 0..<4 { _ = retry.delay(after: failure) }
    failure.pushback = .after(.seconds(7))
    let pushedBack = retry.delay(after: failure)
    #expect(pushedBack == .seconds(7))
    failure.pushback = nil
    let pause = retry.delay(after: failure) ?? .zero
    #expect(pause > .zero && pause < .seconds(2))
    #expect(retry.previousAttempts == 6)
  }

  @Test func attemptsThatWereNotProcessedAreNotCounted() {
    var policy = RetryPolicy()
    policy.maxAttempts = 3
    var retry = RetryState(policy: nil, transparent: policy, budget: nil, deadline: nil)
    let failure = CallFailure(
      error: RPCError(.unavailable, ""), isUnprocessed: true, hasReply: false, isFromServer: false)
    let pauses = (0..<3).map { _ in retry.delay(after: failure) }
    #expect(pauses[0] == .zero)
    #expect(pauses[1].map { $0 > .zero } == true)
    #expect(pauses[2] == nil)
    #expect(retry.previousAttempts == 0)
  }
}
