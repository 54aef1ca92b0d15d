import Testing

@testable import WeftRPC

/// Which addresses are tried, and when.
@Suite struct PickFirstTests {
  @Test func refusedAddressIsLeftForTheNext() {
    var policy = PickFirst()
    policy.begin()
    _ = policy.step([.idle, .idle])
    _ = policy.step([.ready, .idle])
    #expect(policy.chosen == 0)
    #expect(policy.step([.refused, .idle]) == [])
    #expect(policy.chosen == nil)
    #expect(policy.isResting)
    policy.begin()
    #expect(policy.step([.refused, .idle]) == [.connect(1)])
    #expect(policy.step([.refused, .ready]) == [.release(0)])
    #expect(policy.chosen == 1)
  }

  @Test func addressThatIsRefusedNoMoreIsChosenAgain() {
    var policy = PickFirst()
    policy.begin()
    #expect(policy.step([.refused]) == [])
    #expect(policy.step([.ready]) == [])
    #expect(policy.chosen == 0)
  }

  @Test func firstIsTriedAloneAndTheNextWhenItsTimeIsUp() {
    var machine = PickFirst()
    machine.begin()
    #expect(machine.step([.idle, .idle, .idle]) == [.connect(0), .startTimer])
    #expect(machine.step([.connecting, .idle, .idle]).isEmpty)
    #expect(machine.step([.connecting, .idle, .idle], timeIsUp: true) == [.connect(1), .startTimer])
    #expect(machine.step([.connecting, .connecting, .idle], timeIsUp: true) == [.connect(2)])
    #expect(machine.step([.connecting, .connecting, .connecting], timeIsUp: true).isEmpty)
  }

  @Test func failureLetsTheNextBeTriedAtOnce() {
    var machine = PickFirst()
    machine.begin()
    _ = machine.step([.idle, .idle])
    #expect(machine.step([.failed, .idle]) == [.connect(1)])
    #expect(machine.step([.failed, .failed]).isEmpty)
    #expect(machine.chosen == nil)
  }

  @Test func firstThatAnswersIsKeptAndTheOthersAreDropped() {
    var machine = PickFirst()
    machine.begin()
    _ = machine.step([.idle, .idle, .idle])
    _ = machine.step([.connecting, .idle, .idle], timeIsUp: true)
    #expect(machine.step([.connecting, .ready, .idle]) == [.release(0)])
    #expect(machine.chosen == 1)
    #expect(machine.step([.idle, .ready, .idle]).isEmpty)
    // A better one that answers late is not taken.
    #expect(machine.step([.ready, .ready, .idle]).isEmpty)
    #expect(machine.chosen == 1)
  }

  @Test func lossIsFollowedByRestUntilACallComes() {
    var machine = PickFirst()
    machine.begin()
    _ = machine.step([.idle, .idle])
    _ = machine.step([.ready, .idle])
    #expect(machine.step([.idle, .idle]).isEmpty)
    #expect(machine.isResting)
    #expect(machine.step([.idle, .idle], timeIsUp: true).isEmpty)
    machine.begin()
    #expect(machine.step([.idle, .idle]) == [.connect(0), .startTimer])
  }

  @Test func attemptThatWasDroppedIsMadeAnew() {
    var machine = PickFirst()
    machine.begin()
    _ = machine.step([.idle, .idle])
    #expect(machine.step([.idle, .idle]) == [.connect(0)])
  }

  @Test func newListKeepsTheChosenOne() {
    var machine = PickFirst()
    machine.begin()
    _ = machine.step([.idle, .idle])
    _ = machine.step([.ready, .idle])
    machine.begin(chosen: 1)
    #expect(machine.step([.idle, .ready]).isEmpty)
    #expect(machine.chosen == 1)
  }

  @Test func noAddressMeansNothingToDo() {
    var machine = PickFirst()
    machine.begin()
    #expect(machine.step([]).isEmpty)
    #expect(machine.step([], timeIsUp: true).isEmpty)
  }
}
