import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("The rate of a client")
struct RateLimiterTests {
  private let clock = ManualClock()

  @Test("may burst, then is held to its rate, and is told how long to wait")
  func rate() {
    let limiter = RateLimiter(RateLimit(requestsPerSecond: 10, burst: 3), clock: clock)
    for _ in 0..<3 { #expect(limiter.wait(for: "a") == nil) }
    #expect(limiter.wait(for: "a") == .milliseconds(100))
    clock.advance(by: .milliseconds(60))
    #expect(limiter.wait(for: "a") == .milliseconds(40))
    clock.advance(by: .milliseconds(40))
    #expect(limiter.wait(for: "a") == nil)
    clock.advance(by: .seconds(60))
    for _ in 0..<3 { #expect(limiter.wait(for: "a") == nil) }
    #expect(limiter.wait(for: "a") != nil)
    #expect(limiter.limitedRequests == 3)
  }

  @Test("does not take from another client's")
  func separate() {
    let limiter = RateLimiter(RateLimit(requestsPerSecond: 1), clock: clock)
    #expect(limiter.wait(for: "a") == nil)
    #expect(limiter.wait(for: "a") != nil)
    #expect(limiter.wait(for: "b") == nil)
  }

  @Test("counts what a request costs; what costs more than a burst passes at times")
  func cost() {
    let limiter = RateLimiter(RateLimit(requestsPerSecond: 10, burst: 10), clock: clock)
    #expect(limiter.wait(for: "a", cost: 25) == nil)
    #expect(limiter.wait(for: "a") == .milliseconds(1_600))
    clock.advance(by: .milliseconds(1_600))
    #expect(limiter.wait(for: "a") == nil)
  }

  @Test("is kept for so many clients at once; more share one, and those that rest are forgotten")
  func bounded() {
    var limit = RateLimit(requestsPerSecond: 1, burst: 1)
    limit.clients = 2
    let limiter = RateLimiter(limit, clock: clock)
    #expect(limiter.wait(for: "a") == nil)
    #expect(limiter.wait(for: "b") == nil)
    #expect(limiter.wait(for: "c") == nil)
    #expect(limiter.wait(for: "d") != nil)
    clock.advance(by: .seconds(2))
    #expect(limiter.wait(for: "e") == nil)
    #expect(limiter.wait(for: "f") == nil)
  }
}
