import Logging
import Synchronization

extension Catalogue {
  private struct WatchEnded: Error, CustomStringConvertible {
    let description: String
  }

  /// When the watch last said something.
  private final class LastHeard: Sendable {
    private let instant: Mutex<Duration?>

    init() { instant = Mutex(nil) }

    var value: Duration? { instant.withLock { $0 } }

    func note(_ now: Duration) { instant.withLock { $0 = now } }
  }

  /// Watches until the task is cancelled. Failures are retried for ever.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.pruneLoop() }
      var backoff = Backoff(first: .milliseconds(100), longest: .seconds(5))
      var isNews = true
      while !Task.isCancelled {
        let (hasHeard, reason) = await watchOnce()
        if Task.isCancelled { break }
        if hasHeard { backoff.reset() }
        logger.log(
          // Once per absence.
          level: isNews || hasHeard ? .warning : .debug,
          "the watch of the registry ended; keeping what is known",
          metadata: ["reason": "\(reason)", "revision": "\(current.revision)"])
        isNews = false
        try? await clock.sleep(for: backoff.next())
      }
      group.cancelAll()
    }
  }

  /// One watch, from where the last one ended. Returns when it fails, ends or falls silent.
  private func watchOnce() async -> (hasHeard: Bool, reason: any Error) {
    let position = state.withLock { state in
      state.replica.reconnect()
      return state.replica.position
    }
    let lastHeard = LastHeard()
    do {
      try await withThrowingTaskGroup { group in
        group.addTask {
          try await self.client.watch(service: nil, from: position) { update in
            lastHeard.note(self.clock.now)
            try self.receive(update)
          }
          throw WatchEnded(description: "the registry ended the watch")
        }
        group.addTask { try await self.waitForSilence(lastHeard, since: self.clock.now) }
        // Whichever comes first ends both.
        defer { group.cancelAll() }
        try await group.next()
      }
      return (lastHeard.value != nil, WatchEnded(description: "ended"))
    } catch {
      return (lastHeard.value != nil, error)
    }
  }

  private func waitForSilence(_ lastHeard: LastHeard, since start: Duration) async throws {
    while true {
      let due = (lastHeard.value ?? start) + Self.silenceLimit
      guard due > clock.now else {
        throw WatchEnded(description: "the registry has been silent for \(Self.silenceLimit)")
      }
      try await clock.sleep(until: due)
    }
  }

  /// Drops carried instances as their time comes.
  private func pruneLoop() async {
    for await _ in carrying.signals {
      while let deadline = state.withLock({ $0.carried.nextDeadline }) {
        do { try await clock.sleep(until: deadline) } catch { return }
        prune()
      }
    }
  }
}
