import Synchronization
import Testing

@testable import WeftGateway

@Suite("Work slots")
struct WorkSlotsTests {
  private final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func enter() {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
    }

    func leave() { state.withLock { $0.now -= 1 } }
  }

  @Test("are never more than there are")
  func bounded() async throws {
    let slots = WorkSlots(count: 3)
    let gauge = Gauge()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await slots.withSlot {
            gauge.enter()
            await Task.yield()
            gauge.leave()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(gauge.most <= 3 && gauge.most > 0)
  }

  @Test("are not lost when one who waits is cancelled, or work fails")
  func cancelled() async throws {
    struct Failure: Error {}
    let slots = WorkSlots(count: 1)
    try await slots.withSlot {
      let waiting = Task { try await slots.withSlot {} }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
    }
    await #expect(throws: Failure.self) { try await slots.withSlot { throw Failure() } }
    let value = try await slots.withSlot { 1 }
    #expect(value == 1)
  }
}
