import NIOCore
import Testing

@testable import WeftHTTP2

@Suite struct KeepaliveWatchTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
  private let options = KeepaliveOptions(time: .seconds(8), timeout: .seconds(3))

  @Test func silentPeerIsPingedAndThenGivenUp() {
    var watch = KeepaliveWatch(options, now: start)
    #expect(watch.step(now: start, isBusy: true) == .wait(until: start + .seconds(2)))
    #expect(watch.step(now: start + .seconds(7), isBusy: true) == .wait(until: start + .seconds(8)))
    #expect(watch.step(now: start + .seconds(8), isBusy: true) == .ping(lookAgain: start + .seconds(10)))
    #expect(watch.step(now: start + .seconds(10), isBusy: true) == .wait(until: start + .seconds(11)))
    // Once more after the time is over: what came while the loop was held up is read first.
    let late = start + .seconds(11)
    #expect(watch.step(now: late, isBusy: true) == .wait(until: late + .milliseconds(1)))
    #expect(watch.step(now: late + .milliseconds(1), isBusy: true) == .peerIsGone)
  }

  @Test func anyByteCountsAsAnAnswer() {
    var watch = KeepaliveWatch(options, now: start)
    #expect(watch.step(now: start + .seconds(8), isBusy: true) == .ping(lookAgain: start + .seconds(10)))
    watch.heard = true
    #expect(watch.step(now: start + .seconds(10), isBusy: true) == .wait(until: start + .seconds(12)))
    #expect(watch.step(now: start + .seconds(17), isBusy: true) == .wait(until: start + .seconds(18)))
    #expect(watch.step(now: start + .seconds(18), isBusy: true) == .ping(lookAgain: start + .seconds(20)))
  }

  @Test func answerThatCameWhileTheLoopWasBlockedIsHeard() {
    var watch = KeepaliveWatch(options, now: start)
    _ = watch.step(now: start + .seconds(8), isBusy: true)
    _ = watch.step(now: start + .seconds(60), isBusy: true)
    watch.heard = true
    #expect(watch.step(now: start + .seconds(61), isBusy: true) == .wait(until: start + .seconds(63)))
  }

  @Test func connectionWithoutCallsIsPingedOnlyWhereThatIsPermitted() {
    var quiet = KeepaliveWatch(options, now: start)
    #expect(quiet.step(now: start + .seconds(9), isBusy: false) == .wait(until: start + .seconds(11)))
    // A call on a connection that has long been silent asks at the next look.
    #expect(quiet.step(now: start + .seconds(11), isBusy: true) == .ping(lookAgain: start + .seconds(13)))
    var eager = KeepaliveWatch(.server, now: start)
    let later = start + .hours(2)
    #expect(eager.step(now: later, isBusy: false) == .ping(lookAgain: later + .seconds(20)))
  }
}
