import Synchronization

/// Work that a pooled task of an event loop does.
package protocol LoopWork: AnyObject, Sendable {
  /// Called once, on the loop. What it suspends for resumes there too.
  nonisolated(nonsending) func perform(in worker: LoopWorker) async
}

/// A task of an event loop that does one piece of work after another.
///
/// Making a Swift task for each call costs several allocations and a lock. A worker parks between two pieces
/// of work; one whose work suspends is away until that ends, and the loop takes another meanwhile. A task that
/// was cancelled stays so: such a worker ends with the work that it does.
package final class LoopWorker: @unchecked Sendable {
  // Sound as `Sendable`: everything is touched on the loop only.

  fileprivate var task: Task<Void, Never>?
  fileprivate var parked: UnsafeContinuation<Void, Never>?
  /// The number of a ``LoopLabel``, for those who look on from another thread.
  let label = Atomic<Int>(0)

  /// Says what it works on. On the loop only.
  @inline(__always)
  package func works(on label: LoopLabel) {
    self.label.store(label.number, ordering: .relaxed)
  }

  /// Cancels the task, and with it the work that it does now. On the loop only.
  package func cancel() {
    task?.cancel()
  }
}

/// The work that waits on a loop and the workers that wait for work. On the loop only.
struct LoopWorkers: ~Copyable {
  // Unchecked: on one thread, and never held while work runs.
  private var waiting: [any LoopWork] = []
  private var next = 0
  private var idle: [LoopWorker] = []

  /// Workers kept for later. More take part while more work is suspended.
  private static let maxIdle = 256

  var hasWork: Bool { next < waiting.count }

  mutating func add(_ work: any LoopWork) {
    waiting.append(work)
  }

  mutating func take() -> (any LoopWork)? {
    guard next < waiting.count else { return nil }
    let work = waiting[next]
    next += 1
    if next == waiting.count {
      waiting.removeAll(keepingCapacity: next <= Self.maxIdle)
      next = 0
    }
    return work
  }

  /// Gets a worker going: its job is in the loop's queue afterwards.
  mutating func wake(on loop: LoopContext) {
    if let worker = idle.popLast(), let parked = worker.parked {
      worker.parked = nil
      parked.resume()
      return
    }
    let worker = LoopWorker()
    let task = Task.detached(executorPreference: loop) { await Self.run(worker, on: loop) }
    worker.task = task
    loop.pulse.add(worker, task)
  }

  /// - Returns: whether there is room for one more.
  mutating func park(_ worker: LoopWorker, _ continuation: UnsafeContinuation<Void, Never>) {
    worker.parked = continuation
    idle.append(worker)
  }

  var isFull: Bool { idle.count >= Self.maxIdle }

  private static func run(_ worker: LoopWorker, on loop: LoopContext) async {
    defer { loop.pulse.remove(worker.task) }
    while true {
      while let work = loop.takeWork() {
        await work.perform(in: worker)
        if Task.isCancelled { return }
      }
      if loop.hasWorkersEnough { return }
      await withUnsafeContinuation { loop.park(worker, $0) }
    }
  }
}
