import NIOCore
import Testing

@testable import WeftHTTP2

@Suite struct FrameBudgetTests {
  private let rates = FrameBudget.Rates.emptyFrames
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  /// Frames in one go until the budget says no.
  private func spent(_ budget: inout FrameBudget, sent: UInt64, now: NIODeadline, upTo limit: Int) -> Int {
    for count in 0..<limit where !budget.spend(sent: sent, now: now) { return count }
    return limit
  }

  @Test func burstAndNoMore() {
    var budget = FrameBudget(.emptyFrames, now: start)
    let count = spent(&budget, sent: 0, now: start, upTo: 5000)
    #expect(count == rates.burst)
  }

  @Test func whatWasSentIsPaidFor() {
    var budget = FrameBudget(.emptyFrames, now: start)
    // Ten window updates for each piece of a long download.
    var refused = false
    for piece in 1...10_000 {
      for _ in 0..<10 where !budget.spend(sent: UInt64(piece), now: start) { refused = true }
    }
    #expect(!refused)
  }

  @Test func timeForgives() {
    var budget = FrameBudget(.emptyFrames, now: start)
    let first = spent(&budget, sent: 0, now: start, upTo: rates.burst)
    let later = spent(&budget, sent: 0, now: start + .seconds(2), upTo: 5000)
    let longAfter = spent(&budget, sent: 0, now: start + .hours(50), upTo: 5000)
    #expect(first == rates.burst)
    #expect(later == 2 * rates.perSecond)
    #expect(longAfter == rates.burst)
  }

  @Test func costsAreAddedUp() {
    var budget = FrameBudget(.windowChanges, now: start)
    var taken = 0
    while budget.spend(256, sent: 1_000_000, now: start) { taken += 1 }
    #expect(taken == FrameBudget.Rates.windowChanges.burst / 256, "what was sent earns nothing here")
    let later = budget.spend(256, sent: 1_000_000, now: start + .seconds(1))
    #expect(later)
  }
}
