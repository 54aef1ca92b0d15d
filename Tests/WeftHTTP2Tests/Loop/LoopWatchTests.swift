import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import WeftHTTP2

/// What is seen of loops from outside. Time is a number here.
@Suite struct LoopWatchTests {
  private final class Work: LoopWork {
    let body: @Sendable (LoopWorker) -> Void
    init(_ body: @escaping @Sendable (LoopWorker) -> Void) { self.body = body }
    nonisolated(nonsending) func perform(in worker: LoopWorker) async { body(worker) }
  }

  @Test func aJobThatGoesOnIsToldOfOnceAndAgainWhenItIsOver() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let told = Mutex<[LoopWatch.Blockage]>([])
    let watch = LoopWatch([loop], threshold: .seconds(1)) { blockage in told.withLock { $0.append(blockage) }
    }
    let start = NIODeadline.uptimeNanoseconds(1)
    let label = LoopLabel("test.Work")
    let ended = AsyncStream.makeStream(of: Void.self)
    loop.execute {
      LoopContext.of(loop).start(
        Work { worker in
          worker.works(on: label)
          // The watch looks from another thread; here its looks are made while the job lasts.
          watch.look(start)
          watch.look(start + .milliseconds(900))
          #expect(told.withLock(\.count) == 0)
          watch.look(start + .milliseconds(1100))
          watch.look(start + .milliseconds(1200))
          ended.continuation.yield()
        })
    }
    for await _ in ended.stream { break }
    // Whatever the loop does now is another job.
    while told.withLock(\.count) < 2 { watch.look(start + .seconds(3)) }
    let blockages = told.withLock { $0 }
    #expect(blockages.map(\.name) == ["test.Work", "test.Work"])
    #expect(blockages.map(\.isOver) == [false, true])
    #expect(blockages.first?.duration == .milliseconds(1100))
  }

  @Test func namesAreNumbersThatStay() {
    let label = LoopLabel("test.Names")
    #expect(LoopLabel("test.Names").number == label.number)
    #expect(LoopLabel.name(label.number) == "test.Names")
    #expect(LoopLabel.name(0) == nil)
    #expect(LoopLabel.name(.max) == nil)
  }
}
