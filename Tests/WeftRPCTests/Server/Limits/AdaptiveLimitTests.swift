import NIOCore
import Testing

@testable import WeftRPC

/// How the limit follows what calls take. Time is a number here.
@Suite struct AdaptiveLimitTests {
  private var now = NIODeadline.uptimeNanoseconds(1)

  private func limit(_ range: ClosedRange<Int> = 4...1000) -> AdaptiveLimit {
    AdaptiveLimit(.init(range: range, tolerance: 2), now: now)
  }

  /// Windows of calls that each take as long.
  private mutating func run(
    _ windows: Int, of limit: inout AdaptiveLimit, milliseconds: Int64, inFlight: Int? = nil,
    isTimeout: Bool = false
  ) {
    for _ in 0..<windows {
      for call in 0..<AdaptiveLimit.windowCalls {
        if call == AdaptiveLimit.windowCalls - 1 { now = now + AdaptiveLimit.windowLength }
        limit.record(
          .milliseconds(milliseconds), inFlight: inFlight ?? limit.value, isTimeout: isTimeout, now: now)
      }
    }
  }

  @Test mutating func growsWhileCallsTakeAsLongAsEver() {
    var limit = limit()
    let start = limit.value
    run(40, of: &limit, milliseconds: 5)
    #expect(limit.value > start * 2)
    run(2000, of: &limit, milliseconds: 5)
    #expect(limit.value == 1000)
  }

  @Test mutating func staysWhereItIsWhileItIsNotUsed() {
    var limit = limit()
    let start = limit.value
    run(100, of: &limit, milliseconds: 5, inFlight: 2)
    #expect(limit.value == start)
  }

  @Test mutating func shrinksWhenCallsTakeMuchLongerButNotBelowItsRange() {
    var limit = limit()
    run(50, of: &limit, milliseconds: 5)
    let before = limit.value
    run(10, of: &limit, milliseconds: 60)
    #expect(limit.value < before / 2)
    for _ in 0..<100 {
      run(1, of: &limit, milliseconds: 600)
      #expect(limit.value >= 4)
    }
  }

  /// What was quiet before the rush says nothing when few calls at a time take as long as many.
  @Test mutating func isNotKeptLowByQuietTimesThatAreOver() {
    var limit = limit(8...1000)
    run(20, of: &limit, milliseconds: 1, inFlight: 1)
    var lowest = Int.max
    for _ in 0..<60 {
      run(1, of: &limit, milliseconds: 40)
      lowest = min(lowest, limit.value)
    }
    #expect(lowest == 8)
    #expect(limit.quiet == 40e6)
    #expect(limit.value > 32)
  }

  @Test mutating func toleratesTwiceTheQuietDuration() {
    var limit = limit()
    run(10, of: &limit, milliseconds: 5)
    let before = limit.value
    run(10, of: &limit, milliseconds: 9)
    #expect(limit.value > before)
  }

  @Test mutating func shrinksWhenDeadlinesPass() {
    var limit = limit()
    run(50, of: &limit, milliseconds: 5)
    let before = limit.value
    run(10, of: &limit, milliseconds: 5, isTimeout: true)
    #expect(limit.value < before / 2)
  }

  @Test mutating func quietFallsAtOnceAndIsMeasuredAnewAfterALongTimeWithoutIt() {
    var limit = limit()
    run(1, of: &limit, milliseconds: 10, inFlight: 1)
    run(1, of: &limit, milliseconds: 5, inFlight: 1)
    #expect(limit.quiet == 5e6)
    // The first measurement comes soon, because the first calls may have come in a rush.
    run(12, of: &limit, milliseconds: 6)
    #expect(limit.quiet == 6e6)
    run(100, of: &limit, milliseconds: 9)
    #expect(limit.quiet == 6e6)
    // The calls have become slower for good; few at a time take as long.
    run(300, of: &limit, milliseconds: 9)
    #expect(limit.quiet == 9e6)
    run(300, of: &limit, milliseconds: 50)
    #expect(limit.quiet == 50e6)
    let before = limit.value
    run(50, of: &limit, milliseconds: 50)
    #expect(limit.value > before)
  }

  @Test mutating func handlersThatNeverReturnDoNotKeepItLow() {
    var limit = limit()
    run(10, of: &limit, milliseconds: 5)
    // It waits for the many to end, and not for ever.
    #expect(limit.value == 4)
    run(20, of: &limit, milliseconds: 5, inFlight: 100)
    #expect(limit.value > 32)
  }

  @Test mutating func aServerWithLittleToDoIsNeverMeasured() {
    var limit = limit()
    for _ in 0..<1000 {
      run(1, of: &limit, milliseconds: 5, inFlight: 1)
      #expect(limit.value == 32)
    }
  }

  /// A server that works on eight calls at a time, and lets the rest wait.
  @Test mutating func settlesNearWhatAServerCanDo() {
    var limit = limit()
    for window in 0..<1000 {
      let load = limit.value
      run(1, of: &limit, milliseconds: Int64(5 * max(load, 8) / 8), inFlight: load)
      // It begins in a rush, and needs a second to see that this is none of the quiet times.
      if window > 100 { #expect((4...40).contains(limit.value), "\(limit.value) in window \(window)") }
    }
  }
}
