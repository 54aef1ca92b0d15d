import NIOCore
import Testing

@testable import WeftHTTP2

@Suite struct PingGuardTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  @Test func thirdStrikeIsTooMany() {
    var guardian = PingGuard(KeepaliveEnforcement())
    let answers = (0..<4).map { second in
      guardian.isTooMany(now: start + .seconds(Int64(second)), isBusy: true, sent: 0)
    }
    #expect(answers == [false, false, false, true])
  }

  @Test func pingsThatKeepTheirDistanceAreFine() {
    var guardian = PingGuard(KeepaliveEnforcement())
    let answers = (0..<20).map { count in
      guardian.isTooMany(now: start + .minutes(Int64(count) * 5), isBusy: true, sent: 0)
    }
    #expect(!answers.contains(true))
  }

  @Test func dataForgivesEveryStrike() {
    var guardian = PingGuard(KeepaliveEnforcement())
    let answers = (0..<100).map { count in
      guardian.isTooMany(now: start, isBusy: true, sent: UInt64(count / 3))
    }
    #expect(!answers.contains(true))
  }

  @Test func withoutCallsTwoHoursMustLieBetween() {
    var strict = PingGuard(KeepaliveEnforcement())
    var lax = PingGuard(KeepaliveEnforcement(permitWithoutCalls: true))
    var answers: [[Bool]] = []
    for count in 0..<5 {
      let now = start + .minutes(Int64(count) * 6)
      answers.append([
        strict.isTooMany(now: now, isBusy: false, sent: 0), lax.isTooMany(now: now, isBusy: false, sent: 0),
      ])
    }
    #expect(answers.map { $0[0] } == [false, false, false, true, true])
    #expect(!answers.contains { $0[1] })
  }
}
