import Testing

@testable import WeftRPC

/// A circuit breaker's states, told the time.
@Suite struct CircuitBreakerStateTests {
  @Test func backendThatCameBackIsTriedAtOnce() {
    var breaker = CircuitBreakerState(CircuitBreakerPolicy(failures: 1, openDuration: .seconds(60)))
    let now = ContinuousClock.now
    breaker.ended(.failure, at: now)
    #expect(!breaker.admits(at: now))
    breaker.cameBack(at: now)
    #expect(breaker.admits(at: now))
    let isTried = breaker.began(at: now)
    #expect(isTried)
    #expect(!breaker.admits(at: now))
    breaker.ended(.failure, at: now)
    #expect(!breaker.admits(at: now))
  }

  private let start = ContinuousClock.now
  private let policy = CircuitBreakerPolicy()

  private func opened() -> CircuitBreakerState {
    var breaker = CircuitBreakerState(policy)
    for _ in 0..<5 { breaker.ended(.failure, at: start) }
    return breaker
  }

  @Test func fiveFailuresInARowOpenItForAMinute() {
    var breaker = CircuitBreakerState(policy)
    for _ in 0..<4 { breaker.ended(.failure, at: start) }
    #expect(breaker.admits(at: start))
    breaker.ended(.failure, at: start)
    #expect(!breaker.admits(at: start))
    #expect(!breaker.admits(at: start + .seconds(59)))
    #expect(breaker.admits(at: start + .seconds(60)))
  }

  @Test func successBetweenStartsTheCountAnew() {
    var breaker = CircuitBreakerState(policy)
    for _ in 0..<4 { breaker.ended(.failure, at: start) }
    breaker.ended(.success, at: start)
    for _ in 0..<4 { breaker.ended(.failure, at: start) }
    #expect(breaker.phase == .closed(failures: 4))
  }

  @Test func oneCallTriesItWhenItIsHalfOpen() {
    var breaker = opened()
    let later = start + .seconds(60)
    let passes = breaker.began(at: later)
    #expect(passes)
    #expect(!breaker.admits(at: later))
    let second = breaker.began(at: later)
    #expect(!second)
    breaker.ended(.success, at: later)
    #expect(breaker.phase == .closed(failures: 0))
  }

  @Test func failedTrialOpensItAgain() {
    var breaker = opened()
    let later = start + .seconds(60)
    let passes = breaker.began(at: later)
    #expect(passes)
    breaker.ended(.failure, at: later)
    #expect(!breaker.admits(at: later + .seconds(59)))
    #expect(breaker.admits(at: later + .seconds(60)))
  }

  @Test func trialThatTellsNothingLeavesItToTheNext() {
    var breaker = opened()
    let later = start + .seconds(60)
    let first = breaker.began(at: later)
    #expect(first)
    breaker.ended(.unknown, at: later)
    let next = breaker.began(at: later)
    #expect(next)
  }

  @Test func whatEndsWhileItIsOpenChangesNothing() {
    var breaker = opened()
    breaker.ended(.success, at: start)
    breaker.ended(.failure, at: start + .seconds(30))
    #expect(breaker.phase == .open(until: start + .seconds(60)))
  }
}
