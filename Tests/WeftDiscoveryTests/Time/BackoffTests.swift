import Testing
import WeftDiscovery

@Suite("Back-off")
struct BackoffTests {
  @Test("doubles up to its limit, spread over the upper half of each step")
  func grows() {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(5))
    for step in [1, 2, 4, 5, 5] as [Int64] {
      let wait = backoff.next()
      #expect(wait >= .seconds(step) / 2 && wait <= .seconds(step))
    }
    backoff.reset()
    #expect(backoff.next() <= .seconds(1))
  }
}
