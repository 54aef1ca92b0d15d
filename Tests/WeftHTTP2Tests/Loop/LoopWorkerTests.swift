import NIOCore
import NIOPosix
import Testing

@testable import WeftHTTP2

/// The tasks of a loop that do one piece of work after another.
@Suite struct LoopWorkerTests {
  private let loop = MultiThreadedEventLoopGroup.singleton.next()

  /// Touched on the loop only.
  private final class Log: @unchecked Sendable {
    var tasks: [UInt] = []
    var entries: [String] = []
    var parked: [CheckedContinuation<Void, Never>] = []
  }

  private final class Work: LoopWork {
    let body: @Sendable (LoopWorker) async -> Void

    init(_ body: @escaping @Sendable (LoopWorker) async -> Void) {
      self.body = body
    }

    func perform(in worker: LoopWorker) async { await body(worker) }
  }

  private var task: UInt {
    withUnsafeCurrentTask { $0.map { UInt(bitPattern: $0.hashValue) } ?? 0 }
  }

  /// Starts work on the loop and returns when all of it has ended.
  private func run(_ bodies: [@Sendable (LoopWorker) async -> Void]) async throws {
    let promises = bodies.map { _ in loop.makePromise(of: Void.self) }
    try await loop.submit { [loop] in
      let context = LoopContext.of(loop)
      context.beginCycle()
      for (body, promise) in zip(bodies, promises) {
        context.start(
          Work {
            await body($0)
            promise.succeed()
          })
      }
      context.endCycle()
    }.get()
    for promise in promises { try await promise.futureResult.get() }
  }

  @Test func workThatDoesNotSuspendSharesOneTask() async throws {
    let log = Log()
    try await run((0..<100).map { _ in { _ in log.tasks.append(self.task) } })
    let tasks = try await loop.submit { log.tasks }.get()
    #expect(tasks.count == 100)
    #expect(Set(tasks).count == 1)
  }

  @Test func workThatSuspendsHoldsUpNoOther() async throws {
    let log = Log()
    try await run([
      { _ in
        await withCheckedContinuation { log.parked.append($0) }
        log.entries.append("first, woken")
      },
      { _ in
        log.entries.append("second")
        for waiter in log.parked { waiter.resume() }
      },
    ])
    #expect(try await loop.submit { log.entries }.get() == ["second", "first, woken"])
  }

  @Test func workRunsOnItsLoopAlsoAfterItWasElsewhere() async throws {
    let log = Log()
    try await run([
      { [loop] _ in
        await Task.detached {}.value
        log.entries.append("\(loop.inEventLoop)")
      }
    ])
    #expect(try await loop.submit { log.entries }.get() == ["true"])
  }

  @Test func cancellationEndsOnlyTheWorkThatRuns() async throws {
    let log = Log()
    let count = 10
    try await run(
      (0..<count).map { _ in
        { worker in
          log.entries.append("before \(Task.isCancelled)")
          worker.cancel()
          log.entries.append("after \(Task.isCancelled)")
        }
      })
    let entries = try await loop.submit { log.entries }.get()
    #expect(entries == (0..<count).flatMap { _ in ["before false", "after true"] })
  }

  @Test func moreWorkThanOneTurnTakesIsAllDone() async throws {
    let log = Log()
    try await run((0..<10_000).map { _ in { _ in log.tasks.append(1) } })
    #expect(try await loop.submit { log.tasks.count }.get() == 10_000)
  }
}
