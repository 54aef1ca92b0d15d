import NIOCore
import NIOPosix
import Synchronization

/// Looks from outside whether event loops go on, and finds out what holds one up.
///
/// A handler that blocks or computes on its loop holds up every connection of that loop. It cannot be stopped;
/// it can be told of, while it does so and by name.
package final class LoopWatch: Sendable {
  /// One job that held its loop up.
  package struct Blockage: Sendable {
    /// What the job worked on; nil when that has no name, as in tasks that a handler made.
    package let name: String?
    /// How long at least.
    package let duration: Duration
    /// Whether it goes on.
    package let isOver: Bool
  }

  private struct Seen {
    var sample: LoopPulse.Sample
    var since: NIODeadline
    var name: String?
    var isTold = false
  }

  private let loops: [LoopContext]
  private let threshold: TimeAmount
  private let report: @Sendable (Blockage) -> Void
  private let seen: Mutex<[Seen?]>
  private let timer = Mutex<RepeatedTask?>(nil)

  /// The thread of every watch.
  private static let eventLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()

  /// - Parameters:
  ///   - threshold: how long a job may take.
  ///   - report: called once when a job is found to have taken longer, and once when it is over.
  package init(
    _ loops: [any EventLoop], threshold: TimeAmount, report: @escaping @Sendable (Blockage) -> Void
  ) {
    self.loops = loops.map(LoopContext.of)
    self.threshold = max(threshold, .milliseconds(1))
    self.report = report
    seen = Mutex(loops.map { _ in nil })
  }

  package func start() {
    let interval = TimeAmount.nanoseconds(threshold.nanoseconds / 2)
    let task = Self.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
      [weak self] task in
      if let self { look(.now()) } else { task.cancel() }
    }
    timer.withLock { $0 = task }
  }

  package func stop() {
    timer.withLock { $0 }?.cancel()
  }

  func look(_ now: NIODeadline) {
    for index in loops.indices {
      for blockage in look(at: loops[index].pulse, index, now) { report(blockage) }
    }
  }

  private func look(at pulse: LoopPulse, _ index: Int, _ now: NIODeadline) -> [Blockage] {
    let sample = pulse.now
    return seen.withLock { seen in
      var found: [Blockage] = []
      guard seen.indices.contains(index) else { return found }
      if let old = seen[index], old.sample != sample {
        if old.isTold {
          found.append(
            Blockage(name: old.name, duration: .nanoseconds((now - old.since).nanoseconds), isOver: true))
        }
        seen[index] = nil
      }
      guard let sample else { return found }
      guard var current = seen[index] else {
        seen[index] = Seen(sample: sample, since: now)
        return found
      }
      if !current.isTold, now - current.since >= threshold {
        current.isTold = true
        current.name = pulse.name(of: sample)
        found.append(
          Blockage(
            name: current.name, duration: .nanoseconds((now - current.since).nanoseconds), isOver: false))
        seen[index] = current
      }
      return found
    }
  }
}
