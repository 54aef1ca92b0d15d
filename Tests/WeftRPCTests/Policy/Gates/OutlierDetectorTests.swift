import Testing

@testable import WeftRPC

/// Which backends are ejected, and for how long (gRFC A50).
@Suite struct OutlierDetectorTests {
  private let start = ContinuousClock.now

  private final class Backends {
    let detector: OutlierDetector
    let tallies: [OutlierTally]
    let returned = Counter()

    init(_ count: Int, _ policy: OutlierDetectionPolicy) {
      detector = OutlierDetector(policy)
      let returned = returned
      tallies = (0..<count).map { _ in OutlierTally { returned.add(1) } }
      for tally in tallies { detector.add(tally) }
    }

    /// Each backend has a hundred calls, of which so many fail.
    func run(failures: [Int]) {
      for (tally, failures) in zip(tallies, failures) {
        for number in 0..<100 { tally.record(isSuccess: number >= failures) }
      }
    }

    var ejected: [Int] { tallies.indices.filter { tallies[$0].isEjected } }
  }

  private func policy(
    success: OutlierDetectionPolicy.SuccessRate? = nil,
    failure: OutlierDetectionPolicy.FailurePercentage? = nil, percent: Int = 100
  ) -> OutlierDetectionPolicy {
    var policy = OutlierDetectionPolicy(successRate: success, failurePercentage: failure)
    policy.maxEjectionPercent = percent
    return policy
  }

  @Test func backendFarBelowTheMeanIsEjected() {
    let backends = Backends(6, policy(success: .init()))
    backends.run(failures: [0, 1, 2, 60, 1, 0])
    backends.detector.sweep(at: start)
    #expect(backends.ejected == [3])
  }

  @Test func backendsThatFailAlikeAreNotOutliers() {
    let backends = Backends(6, policy(success: .init()))
    backends.run(failures: [60, 58, 61, 60, 62, 59])
    backends.detector.sweep(at: start)
    #expect(backends.ejected.isEmpty)
  }

  @Test func failurePercentageKnowsNoOthers() {
    let backends = Backends(6, policy(failure: .init()))
    backends.run(failures: [90, 86, 85, 0, 100, 99])
    backends.detector.sweep(at: start)
    #expect(backends.ejected == [0, 1, 4, 5])
  }

  @Test func noMoreAreEjectedThanAllowedButOneMayAlwaysBe() {
    let failures = [100, 100, 100, 100, 100, 100]
    for (percent, count) in [(10, 1), (30, 2), (50, 3), (0, 0)] {
      let backends = Backends(6, policy(failure: .init(), percent: percent))
      backends.run(failures: failures)
      backends.detector.sweep(at: start)
      #expect(backends.ejected.count == count)
    }
  }

  @Test func tooFewHostsOrCallsAreNotJudged() {
    let few = Backends(4, policy(success: .init(), failure: .init()))
    few.run(failures: [100, 0, 0, 0])
    few.detector.sweep(at: start)
    #expect(few.ejected.isEmpty)
    let quiet = Backends(6, policy(success: .init(), failure: .init()))
    for tally in quiet.tallies { for _ in 0..<49 { tally.record(isSuccess: false) } }
    quiet.detector.sweep(at: start)
    #expect(quiet.ejected.isEmpty)
  }

  @Test func nothingIsEnforcedAtZeroPercent() {
    var rule = OutlierDetectionPolicy.FailurePercentage()
    rule.enforcement = 0
    let backends = Backends(6, policy(failure: rule))
    backends.run(failures: [100, 100, 100, 100, 100, 100])
    backends.detector.sweep(at: start)
    #expect(backends.ejected.isEmpty)
  }

  @Test func eachIntervalIsJudgedByItself() {
    let backends = Backends(6, policy(failure: .init()))
    backends.run(failures: [84, 0, 0, 0, 0, 0])
    backends.detector.sweep(at: start)
    backends.run(failures: [0, 0, 0, 0, 0, 0])
    backends.detector.sweep(at: start + .seconds(10))
    #expect(backends.ejected.isEmpty)
  }

  @Test func ejectionGrowsWithEachAndIsForgottenInQuietTimes() {
    let backends = Backends(6, policy(failure: .init()))
    let bad = [100, 0, 0, 0, 0, 0]
    var now = start
    func sweep(after seconds: Int, _ failures: [Int]) {
      now += .seconds(seconds)
      backends.run(failures: failures)
      backends.detector.sweep(at: now)
    }
    sweep(after: 0, bad)
    sweep(after: 29, [])
    #expect(backends.ejected == [0])
    sweep(after: 2, [])
    #expect(backends.ejected.isEmpty)
    #expect(backends.returned.value == 1)
    // The second one lasts twice as long.
    sweep(after: 10, bad)
    sweep(after: 59, [])
    #expect(backends.ejected == [0])
    sweep(after: 2, [])
    #expect(backends.ejected.isEmpty)
    // Two quiet intervals later it is as if nothing had been.
    sweep(after: 10, [])
    sweep(after: 10, [])
    sweep(after: 10, bad)
    sweep(after: 31, [])
    #expect(backends.ejected.isEmpty)
  }

  @Test func removedBackendIsNoLongerCounted() {
    let backends = Backends(6, policy(failure: .init()))
    backends.detector.remove(backends.tallies[0])
    backends.run(failures: [100, 100, 0, 0, 0, 0])
    backends.detector.sweep(at: start)
    #expect(backends.ejected == [1])
  }
}
