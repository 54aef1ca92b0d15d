import NIOCore
import Testing

@testable import WeftHTTP2

@Suite struct ConnectionClockTests {
  private let start = NIODeadline.now()

  @Test func nothingToWatchNeedsNoTimer() {
    #expect(!ConnectionClock(ConnectionTimes()).isRunning)
    #expect(!ConnectionClock(ConnectionTimes(maxAgeGrace: .seconds(1))).isRunning)
    #expect(ConnectionClock(ConnectionTimes(maxIdle: .seconds(1))).isRunning)
  }

  @Test func ageEndsWithDrainAndGraceWithCutOff() {
    var clock = ConnectionClock(ConnectionTimes(maxAge: .seconds(10), maxAgeGrace: .seconds(5)), now: start)
    #expect(clock.look(now: start + .milliseconds(8999), isBusy: true, isDraining: false).due == .nothing)
    let old = start + .seconds(11)
    let aged = clock.look(now: old, isBusy: true, isDraining: false)
    #expect(aged.due == .drain("max_age"))
    #expect(aged.next == old + .seconds(5))
    #expect(clock.look(now: old + .seconds(4), isBusy: true, isDraining: true).due == .nothing)
    #expect(clock.look(now: old + .seconds(5), isBusy: true, isDraining: true).due == .cutOff)
  }

  @Test func ageDiffersFromConnectionToConnectionByATenth() {
    var due = 0
    for _ in 0..<200 {
      var clock = ConnectionClock(ConnectionTimes(maxAge: .seconds(100)), now: start)
      if clock.look(now: start + .seconds(100), isBusy: true, isDraining: false).due != .nothing { due += 1 }
    }
    #expect((20...180).contains(due))
  }

  @Test func restEndsAConnectionAndWorkDoesNot() {
    var clock = ConnectionClock(ConnectionTimes(maxIdle: .seconds(10)), now: start)
    let busy = clock.look(now: start + .seconds(20), isBusy: true, isDraining: false)
    #expect(busy.due == .nothing)
    #expect(busy.next == start + .seconds(30))
    #expect(
      clock.look(now: start + .seconds(20), isBusy: false, isDraining: false).due == .drain("max_idle"))
  }

  @Test func noTimerWaitsLongerThanAMinute() {
    var clock = ConnectionClock(
      ConnectionTimes(maxIdle: .hours(1), maxAge: .hours(3), keepalive: .server), now: start)
    #expect(clock.look(now: start, isBusy: false, isDraining: false).next == start + .seconds(60))
  }
}
