import Dispatch
import Testing

@testable import WeftRegistry

@Suite("The gathering of writes before a commit")
struct CommitGatheringTests {
  private var gathering = CommitGathering()

  @Test("never holds up a lone writer, nor an idle registry")
  mutating func alone() {
    #expect(gathering.begin(waiting: 0) == nil)
    for _ in 0..<10 {
      #expect(gathering.begin(waiting: 1) == nil)
      gathering.committed(1, waiting: 0)
    }
    gathering.committed(1, waiting: 1)
    #expect(gathering.begin(waiting: 1) == nil, "one of two is half of them")
  }

  @Test("waits for half of those who have lately written, and no longer")
  mutating func half() throws {
    gathering.committed(12, waiting: 4)
    #expect(gathering.begin(waiting: 8) == nil)
    let begun = gathering.begin(waiting: 5)
    let isEnough = try #require(begun)
    gathering.added(waiting: 6)
    gathering.added(waiting: 7)
    #expect(isEnough.wait(timeout: .now()) == .timedOut)
    gathering.added(waiting: 8)
    #expect(isEnough.wait(timeout: .now()) == .success)
    // Further ones have nothing to end.
    gathering.added(waiting: 9)
    #expect(isEnough.wait(timeout: .now()) == .timedOut)
  }

  @Test("forgets writers who stay away")
  mutating func fewer() {
    gathering.committed(100, waiting: 0)
    var commits = 0
    while gathering.begin(waiting: 1) != nil {
      gathering.end()
      gathering.committed(1, waiting: 0)
      commits += 1
    }
    #expect(gathering.writers <= 2)
    #expect(commits < 40)
  }

  @Test("ends with the registry")
  mutating func end() throws {
    gathering.committed(16, waiting: 0)
    let begun = gathering.begin(waiting: 1)
    let isEnough = try #require(begun)
    gathering.end()
    #expect(isEnough.wait(timeout: .now()) == .success)
  }
}
