import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import WeftHTTP2

/// When a loop is woken for what other threads want done on it.
@Suite struct LoopInboxTests {
  private final class Visitor: LoopVisitor {
    func visit() {}
  }

  private let inbox = LoopInbox()
  private let now = NIODeadline.now()

  @Test func firstVisitorWakesTheLoopForAllThatComeBeforeItLooks() {
    #expect(inbox.post(Visitor(), at: now))
    #expect(!inbox.post(Visitor(), at: now))
    #expect(inbox.take().count == 2)
    #expect(inbox.take().isEmpty)
    #expect(inbox.post(Visitor(), at: now))
  }

  @Test func visitorsWaitForManyCallersWhoWereResumedTogether() throws {
    _ = try #require(inbox.resumes(100))
    #expect(!inbox.post(Visitor(), at: now))
    for _ in 0..<98 { #expect(!inbox.returned()) }
    #expect(inbox.returned())
    #expect(!inbox.post(Visitor(), at: now))
    #expect(!inbox.returned())
    #expect(inbox.take().count == 2)
  }

  @Test func lastOfManyCallersWakesNobodyWhenNoneHasAnotherCall() {
    _ = inbox.resumes(100)
    for _ in 0..<100 { #expect(!inbox.returned()) }
    #expect(inbox.post(Visitor(), at: now))
  }

  @Test func visitorsDoNotWaitForFewCallers() {
    #expect(inbox.resumes(10) == nil)
    #expect(inbox.post(Visitor(), at: now))
  }

  @Test func callersWhoTakeTheirTimeAreNotWaitedFor() throws {
    let end = try #require(inbox.resumes(100))
    #expect(end < .now() + .milliseconds(1))
    #expect(inbox.post(Visitor(), at: end))
  }

  @Test func loopLooksByItselfWhenResumedCallersGetNoThread() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let context = LoopContext.of(loop)
    let visited = loop.makePromise(of: Void.self)

    final class Caller: LoopVisitor {
      let visited: EventLoopPromise<Void>
      init(_ visited: EventLoopPromise<Void>) { self.visited = visited }
      func visit() { visited.succeed() }
    }

    // Callers that never come back, for whom this visitor would wait.
    try await loop.submit { context.expect(100) }.get()
    context.post(Caller(visited), at: now)
    try await visited.futureResult.get()
    for _ in 0..<100 { context.returned() }
  }
}
