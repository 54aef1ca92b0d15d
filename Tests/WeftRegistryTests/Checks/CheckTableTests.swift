import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("The timetable of checks")
struct CheckTableTests {
  var table = CheckTable(seed: 7)
  private let owner = CheckOwner.instance(InstanceKey(service: "a", id: "1"))

  private func check(
    _ id: String = "c", kind: HealthCheck.Kind = .tcp("127.0.0.1:1"), interval: Duration = .seconds(10),
    status: HealthStatus = .critical
  ) -> HealthCheck {
    HealthCheck(id: id, kind: kind, interval: interval, state: CheckState(status: status))
  }

  @Test("runs a new check within a second, and then in every interval, spread by a tenth")
  mutating func intervals() throws {
    table.replace([], with: [check()], of: owner, now: .zero)
    var now = try #require(table.nextDeadline(limit: 9))
    #expect(now < .seconds(1))
    var waits: Set<Duration> = []
    for _ in 0..<50 {
      let job = try #require(table.takeDue(now: now, limit: 9).first)
      #expect(table.takeDue(now: now + .seconds(99), limit: 9).isEmpty, "it runs once at a time")
      _ = table.finish(job, ProbeResult(status: .passing, output: ""), status: .passing, now: now)
      let next = try #require(table.nextDeadline(limit: 9))
      #expect((.milliseconds(9_500)...Duration.milliseconds(10_500)).contains(next - now))
      waits.insert(next - now)
      now = next
    }
    #expect(waits.count > 40)
  }

  @Test("never runs more than the limit at once, and goes on as runs end")
  mutating func limit() {
    table.replace([], with: (0..<10).map { check("\($0)") }, of: owner, now: .zero)
    let first = table.takeDue(now: .seconds(1), limit: 4)
    #expect(first.count == 4)
    #expect(table.takeDue(now: .seconds(1), limit: 4).isEmpty)
    #expect(table.nextDeadline(limit: 4) == nil)
    _ = table.finish(first[0], ProbeResult(status: .passing, output: ""), status: .passing, now: .seconds(1))
    #expect(table.takeDue(now: .seconds(1), limit: 4, count: 1).count == 1)
  }

  @Test("forgets the run of a check that went or became another one meanwhile")
  mutating func stale() throws {
    table.replace([], with: [check()], of: owner, now: .zero)
    let job = try #require(table.takeDue(now: .seconds(1), limit: 1).first)
    table.replace([check()], with: [check(interval: .seconds(3))], of: owner, now: .seconds(1))
    #expect(table.running == 0)
    let verdict = table.finish(
      job, ProbeResult(status: .passing, output: ""), status: .critical, now: .seconds(2))
    #expect(verdict == nil)
    #expect(table.takeDue(now: .seconds(3), limit: 1).count == 1)
    table.replace([check(interval: .seconds(3))], with: [], of: owner, now: .seconds(3))
    #expect(table.running == 0)
    #expect(table.nextDeadline(limit: 1) == nil)
  }

  @Test("a check that is registered again just as it is keeps its place in time")
  mutating func unchanged() {
    table.replace([], with: [check()], of: owner, now: .zero)
    let due = table.nextDeadline(limit: 9)
    table.replace([check()], with: [check(status: .passing)], of: owner, now: .milliseconds(1))
    #expect(table.nextDeadline(limit: 9) == due)
  }

  @Test("a TTL check is due when its owner was silent, and only then")
  mutating func ttl() {
    let check = check(kind: .ttl(.seconds(2)), status: .passing)
    let key = CheckKey(owner: owner, id: "c")
    table.replace([], with: [check], of: owner, now: .zero)
    table.heard(key, check, now: .seconds(1))
    #expect(table.ttls.takeExpired(now: .milliseconds(2_999), limit: 9) == [])
    #expect(table.ttls.takeExpired(now: .seconds(3), limit: 9) == [key])
  }

  @Test("an owner is due to go when its check has been critical for long enough without a break")
  mutating func condemned() {
    var bad = check(kind: .external)
    bad.deregisterCriticalAfter = .seconds(60)
    var good = bad
    good.state.status = .passing
    table.replace([], with: [bad], of: owner, now: .zero)
    table.replace([bad], with: [good], of: owner, now: .seconds(59))
    #expect(table.condemned.takeExpired(now: .seconds(99), limit: 9) == [])
    table.replace([good], with: [bad], of: owner, now: .seconds(100))
    #expect(table.condemned.takeExpired(now: .seconds(159), limit: 9) == [])
    #expect(table.condemned.takeExpired(now: .seconds(160), limit: 9).count == 1)
  }
}

@Suite("Results in a row")
struct CheckResultsTests {
  private func verdicts(
    _ results: [HealthStatus], of check: HealthCheck, from status: HealthStatus
  ) -> [HealthStatus?] {
    var counted = CheckResults()
    var status = status
    return results.map { result in
      let verdict = counted.take(result, of: check, now: status)
      status = verdict ?? status
      return verdict
    }
  }

  @Test("one result decides when nothing else is asked for")
  func immediate() {
    let check = HealthCheck(id: "c")
    #expect(
      verdicts([.passing, .critical, .warning], of: check, from: .critical) == [
        .passing, .critical, .warning,
      ])
  }

  @Test("a status changes after as many results in a row as the check wants, and a break starts anew")
  func thresholds() {
    let check = HealthCheck(id: "c", successesBeforePassing: 2, failuresBeforeCritical: 3)
    #expect(
      verdicts([.passing, .critical, .passing, .passing], of: check, from: .critical) == [
        nil, nil, nil, .passing,
      ])
    #expect(
      verdicts([.critical, .critical, .passing, .critical, .critical, .critical], of: check, from: .passing)
        == [nil, nil, nil, nil, nil, .critical])
  }

  @Test("failures can make a warning first")
  func warning() {
    let check = HealthCheck(id: "c", failuresBeforeWarning: 1, failuresBeforeCritical: 3)
    #expect(
      verdicts([.critical, .critical, .critical], of: check, from: .passing) == [.warning, nil, .critical])
  }
}
