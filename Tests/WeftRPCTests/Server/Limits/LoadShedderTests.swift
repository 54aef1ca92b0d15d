import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import WeftRPC

/// Who is admitted, who waits and who is refused. Time is a number here, and too far away for timers.
@Suite struct LoadShedderTests {
  private final class Guest: AdmissionCandidate {
    let eventLoop: any EventLoop
    let told = Mutex<[String]>([])

    init(_ loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()) { eventLoop = loop }

    func admitted(by shedder: LoadShedder) { told.withLock { $0.append("admitted") } }
    func refused(_ refusal: Refusal) { told.withLock { $0.append("refused") } }
    var heard: [String] { told.withLock { $0 } }
  }

  private let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
  private let now = NIODeadline.now() + .hours(1000)

  private func shedder(_ limit: Int) -> LoadShedder {
    LoadShedder(
      .init(range: limit...limit, tolerance: 2), pushback: .milliseconds(100), subject: "test.Shedder",
      now: now)
  }

  private func ticket(_ entry: LoadShedder.Entry) throws -> AdmissionQueue.Ticket {
    if case .waits(let ticket) = entry { return ticket }
    throw RPCError(.unknown, "\(entry) is no ticket")
  }

  private func isAdmitted(_ entry: LoadShedder.Entry) -> Bool {
    if case .admitted = entry { true } else { false }
  }

  @Test func aPlaceThatIsGivenBackGoesToWhoHasWaitedLongest() throws {
    let shedder = shedder(1)
    #expect(isAdmitted(shedder.enter(Guest(), now: now)))
    let (first, second) = (Guest(loop), Guest(loop))
    _ = try ticket(shedder.enter(first, now: now))
    _ = try ticket(shedder.enter(second, now: now + .milliseconds(1)))
    shedder.release(on: loop, now: now + .milliseconds(2))
    #expect(first.heard == ["admitted"])
    #expect(second.heard == [])
    #expect(shedder.inFlight == 1)
    shedder.release(on: loop, now: now + .milliseconds(3))
    #expect(second.heard == ["admitted"])
    shedder.release(on: loop, now: now + .milliseconds(4))
    #expect(shedder.inFlight == 0)
  }

  @Test func whoHasWaitedLongEnoughIsRefused() throws {
    let shedder = shedder(1)
    _ = shedder.enter(Guest(), now: now)
    let (early, late) = (Guest(), Guest())
    _ = try ticket(shedder.enter(early, now: now))
    _ = try ticket(shedder.enter(late, now: now + .milliseconds(5)))
    shedder.expire(on: early.eventLoop, now: now + .milliseconds(9))
    #expect(early.heard == [])
    shedder.expire(on: early.eventLoop, now: now + .milliseconds(10))
    #expect(early.heard == ["refused"])
    #expect(late.heard == [])
    // Nobody is admitted for whom it has become too late, also when no timer has run.
    shedder.release(on: loop, now: now + .milliseconds(20))
    #expect(late.heard == ["refused"])
    #expect(shedder.inFlight == 0)
  }

  @Test func whoHasLeftIsPassedOver() throws {
    let shedder = shedder(1)
    _ = shedder.enter(Guest(), now: now)
    let (gone, next) = (Guest(loop), Guest(loop))
    try ticket(shedder.enter(gone, now: now)).leave()
    _ = try ticket(shedder.enter(next, now: now))
    shedder.release(on: loop, now: now)
    #expect(gone.heard == [])
    #expect(next.heard == ["admitted"])
  }

  @Test func aCallOfTheSameLoopGoesBeforeThoseOfOthersThatCameAMomentEarlier() throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    defer { group.shutdownGracefully { _ in } }
    let (here, elsewhere) = (group.next(), group.next())
    let shedder = shedder(1)
    _ = shedder.enter(Guest(here), now: now)
    let others = (0..<20).map { _ in Guest(elsewhere) }
    let own = Guest(here)
    for guest in others[..<7] + [own] + others[7...] { _ = try ticket(shedder.enter(guest, now: now)) }
    shedder.release(on: here, now: now)
    #expect(own.heard == ["admitted"])
    shedder.release(on: here, now: now)
    #expect(others[0].heard == ["admitted"])
  }

  @Test func theMoreWaitTheLongerTheyMay() {
    var queue = AdmissionQueue()
    #expect(queue.patience(.nanoseconds(0)) == .milliseconds(10))
    #expect(queue.patience(.milliseconds(40)) == .milliseconds(40))
    #expect(queue.patience(.seconds(40)) == .milliseconds(250))
    for _ in 0..<4000 { _ = queue.join(Guest(), now: now) }
    #expect(queue.patience(.nanoseconds(0)) == .milliseconds(160))
  }

  @Test func aFullQueueRefusesAtOnce() throws {
    let shedder = shedder(1)
    let guest = Guest()
    _ = shedder.enter(guest, now: now)
    for _ in 0..<AdmissionQueue.maxCount { _ = try ticket(shedder.enter(guest, now: now)) }
    guard case .refused(let refusal) = shedder.enter(guest, now: now) else {
      Issue.record("it was not refused")
      return
    }
    #expect(refusal.error.code == .unavailable)
    #expect(refusal.error.message == "test.Shedder is overloaded: it serves 1 calls at a time now")
    #expect(refusal.fields["grpc-status"] == "14")
  }

  @Test func refusedCallersAreToldDifferentTimes() {
    let refusals = Refusals(pushback: .milliseconds(100)) { RPCError(.unavailable, "\($0)") }
    let times = (0..<8).compactMap { _ in refusals.next(3).fields[RPCError.pushbackField].flatMap { Int($0) }
    }
    #expect(Set(times).count == 8)
    #expect(times.allSatisfy { (50...150).contains($0) })
    #expect(refusals.next(4).error.message == "4")
  }
}
