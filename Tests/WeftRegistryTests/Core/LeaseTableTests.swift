import Testing
import WeftDiscovery

@testable import WeftRegistry

@Suite("Leases")
struct LeaseTableTests {
  let a = InstanceKey(service: "s", id: "a")
  let b = InstanceKey(service: "s", id: "b")
  var leases = LeaseTable<InstanceKey>()

  private mutating func expired(at now: Duration) -> [InstanceKey] {
    leases.takeExpired(now: now, limit: 100).sorted()
  }

  @Test("run out when their time has passed, not before, and only once")
  mutating func expire() {
    leases.grant(a, for: .seconds(2), now: .zero)
    leases.grant(b, for: .seconds(3), now: .zero)
    #expect(leases.nextDeadline == .seconds(2))
    #expect(expired(at: .milliseconds(1_999)) == [])
    #expect(expired(at: .seconds(2)) == [a])
    #expect(expired(at: .seconds(2)) == [])
    #expect(expired(at: .seconds(9)) == [b])
  }

  @Test("go on when they are renewed")
  mutating func renew() {
    leases.grant(a, for: .seconds(2), now: .zero)
    #expect(leases.renew(a, now: .seconds(1)) == true)
    #expect(expired(at: .milliseconds(2_999)) == [])
    #expect(expired(at: .seconds(3)) == [a])
  }

  @Test("cannot be renewed when unknown, dropped, or about to go")
  mutating func renewUnknown() {
    #expect(leases.renew(a, now: .zero) == false)
    leases.grant(a, for: .seconds(1), now: .zero)
    #expect(expired(at: .seconds(1)) == [a])
    #expect(leases.renew(a, now: .seconds(1)) == false)
    leases.drop(a)
    #expect(leases.renew(a, now: .seconds(1)) == false)
    #expect(leases.count == 0)
  }

  @Test("can become shorter")
  mutating func shorter() {
    leases.grant(a, for: .seconds(60), now: .zero)
    leases.grant(a, for: .seconds(1), now: .seconds(1))
    #expect(leases.nextDeadline == .seconds(2))
    #expect(expired(at: .seconds(2)) == [a])
  }

  @Test("start afresh when granted while about to go")
  mutating func grantWhileExpiring() {
    leases.grant(a, for: .seconds(1), now: .zero)
    #expect(expired(at: .seconds(1)) == [a])
    leases.grant(a, for: .seconds(1), now: .seconds(1))
    #expect(!leases.isExpiring(a))
    #expect(leases.renew(a, now: .milliseconds(1_500)) == true)
    #expect(expired(at: .milliseconds(2_400)) == [])
    #expect(expired(at: .milliseconds(2_500)) == [a])
  }

  @Test("that are spared can be renewed, and come up again when they are not")
  mutating func spare() {
    leases.grant(a, for: .seconds(1), now: .zero)
    leases.grant(b, for: .seconds(1), now: .zero)
    #expect(expired(at: .seconds(1)) == [a, b])
    leases.spare(a, for: .seconds(1), now: .seconds(1))
    leases.spare(b, for: .seconds(1), now: .seconds(1))
    #expect(leases.renew(a, now: .milliseconds(1_900)) == true)
    #expect(expired(at: .seconds(2)) == [b])
    #expect(expired(at: .milliseconds(2_900)) == [a])
  }

  @Test("do not run while the registry was away")
  mutating func excuse() {
    leases.grant(a, for: .seconds(10), now: .zero)
    leases.excuse(.seconds(60))
    #expect(leases.nextDeadline == .seconds(70))
    #expect(expired(at: .seconds(69)) == [])
    leases.grant(b, for: .seconds(10), now: .seconds(69))
    #expect(expired(at: .seconds(70)) == [a])
    #expect(expired(at: .seconds(79)) == [b])
  }

  @Test("are taken a bounded number at a time")
  mutating func limit() {
    for i in 0..<10 { leases.grant(InstanceKey(service: "s", id: "\(i)"), for: .seconds(1), now: .zero) }
    #expect(leases.takeExpired(now: .seconds(1), limit: 4).count == 4)
    #expect(leases.takeExpired(now: .seconds(1), limit: 4).count == 4)
    #expect(leases.takeExpired(now: .seconds(1), limit: 4).count == 2)
  }

  @Test("that come and go leave nothing behind")
  mutating func churn() {
    for i in 0..<100_000 {
      let key = InstanceKey(service: "s", id: "\(i)")
      leases.grant(key, for: .seconds(86_400), now: .zero)
      leases.drop(key)
    }
    #expect(leases.count == 0)
    #expect(leases.queuedEntries < 2_000)
  }
}
