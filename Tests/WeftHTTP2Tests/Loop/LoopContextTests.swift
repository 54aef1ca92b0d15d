import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import WeftHTTP2

/// The executor that runs tasks on an event loop.
@Suite struct LoopContextTests {
  private let group = MultiThreadedEventLoopGroup.singleton

  /// Notes what happens, on the loop.
  private final class Log: @unchecked Sendable {
    var entries: [String] = []
  }

  private final class Connection: LoopFlushable, @unchecked Sendable {
    let log: Log
    let name: String

    init(_ name: String, _ log: Log) {
      self.name = name
      self.log = log
    }

    func flushNow() {
      log.entries.append("flush \(name)")
    }
  }

  @Test func loopHasOneContext() {
    let loop = group.next()
    #expect(LoopContext.of(loop) === LoopContext.of(loop))
  }

  @Test func taskRunsOnItsLoop() async {
    let loop = group.next()
    let isOnLoop = await Task(executorPreference: LoopContext.of(loop)) { loop.inEventLoop }.value
    #expect(isOnLoop)
  }

  @Test func jobsWaitForTheEndOfACycleAndFlushesForTheJobs() async throws {
    // Its own: jobs of other tests would use up the turn.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let context = LoopContext.of(loop)
    let log = Log()
    let done = loop.makePromise(of: Void.self)
    try await loop.submit {
      let a = Connection("a", log)
      let b = Connection("b", log)
      context.beginCycle()
      for number in 1...3 {
        Task(executorPreference: context) {
          log.entries.append("job \(number)")
          context.flushLater(number == 2 ? b : a)
          if number == 3 { loop.execute { done.succeed() } }
        }
      }
      log.entries.append("read")
      context.endCycle()
      log.entries.append("end")
    }.get()
    try await done.futureResult.get()
    let entries = try await loop.submit { log.entries }.get()
    #expect(entries == ["read", "job 1", "job 2", "job 3", "flush a", "flush b", "flush a", "end"])
    try await group.shutdownGracefully()
  }

  @Test func taskThatYieldsForEverLetsTheLoopGoOn() async throws {
    let loop = group.next()
    let stop = Atomic<Bool>(false)
    let spinner = Task(executorPreference: LoopContext.of(loop)) {
      while !stop.load(ordering: .relaxed) { await Task.yield() }
    }
    for _ in 0..<100 { try await loop.submit {}.get() }
    stop.store(true, ordering: .relaxed)
    await spinner.value
  }

  @Test func flushThatAsksForAnotherFlushLetsTheLoopGoOn() async throws {
    final class Restless: LoopFlushable {
      let context: LoopContext
      var count = 0

      init(_ context: LoopContext) {
        self.context = context
      }

      func flushNow() {
        count += 1
        if count < 10_000 { context.flushLater(self) }
      }
    }
    let loop = group.next()
    let context = LoopContext.of(loop)
    let early = loop.makePromise(of: Int.self)
    let restless = try await loop.submit { () -> LoopBound<Restless> in
      let bound = LoopBound(Restless(context), on: loop)
      context.flushLater(bound.value)
      loop.execute { early.succeed(bound.value.count) }
      return bound
    }.get()
    #expect(try await early.futureResult.get() < 100)
    while try await restless.run({ $0.count }) < 10_000 {}
  }
}
