import Dispatch
import Synchronization
import WeftDiscovery

/// Group commit.
extension Registry {
  /// Queues a command and waits until it is durable, or refused.
  func submit(
    _ command: RegistryCommand, by actor: AuditActor = .registry
  ) async throws(RegistryError) -> CommandOutcome {
    let limit = configuration.limits.queuedCommands
    let result = await withCheckedContinuation { caller in
      let refusal = state.withLock { state -> RegistryError? in
        if state.isClosed { return .unavailable("the registry is shutting down") }
        if state.queue.count >= limit {
          return .resourceExhausted("\(limit) writes already wait to be stored; try again later")
        }
        state.queue.append(QueuedCommand(command: command, caller: caller, actor: actor))
        state.gathering.added(waiting: state.queue.count)
        return nil
      }
      if let refusal { caller.resume(returning: .failure(refusal)) } else { wakeCommitter() }
    }
    return try result.get()
  }

  func wakeCommitter() {
    let committer = state.withLock { state in
      defer { state.parkedCommitter = nil }
      return state.parkedCommitter
    }
    committer?.resume()
  }

  /// Refuses new writes and ends all watches. What is queued will still be committed.
  func close() {
    let waiters = state.withLock { state in
      state.isClosed = true
      state.gathering.end()
      return state.hub.takeAll()
    }
    for waiter in waiters { waiter.resume(returning: .closed) }
    wakeCommitter()
  }

  func commitLoop() async {
    await withTaskCancellationHandler {
      while let work = await nextWork() {
        switch work {
        case .commit(let commands): await commit(commands)
        case .restore(let restore): await perform(restore)
        }
      }
    } onCancel: {
      close()
    }
  }

  private enum Work {
    case commit([QueuedCommand])
    case restore(QueuedRestore)
  }

  /// A snapshot to restore, or what has queued, up to the size of one transaction; nil once closed and empty.
  private func nextWork() async -> Work? {
    while true {
      gather()
      let (restore, batch, isClosed) = state.withLock { state in
        let restore = state.restores.isEmpty ? nil : state.restores.removeFirst()
        let batch = restore == nil ? Self.takeBatch(&state.queue, limits: configuration.limits) : []
        return (restore, batch, state.isClosed)
      }
      if let restore { return .restore(restore) }
      if !batch.isEmpty { return .commit(batch) }
      if isClosed { return nil }
      await withCheckedContinuation { committer in
        let mustGoOn = state.withLock { state in
          if state.isClosed || !state.queue.isEmpty || !state.restores.isEmpty { return true }
          state.parkedCommitter = committer
          return false
        }
        if mustGoOn { committer.resume() }
      }
    }
  }

  /// Lets a busy registry's next batch grow. Waits on the thread of the commit loop, which is there for that.
  private func gather() {
    let isEnough = state.withLock { state in
      state.isClosed ? nil : state.gathering.begin(waiting: state.queue.count)
    }
    _ = isEnough?.wait(timeout: .now() + CommitGathering.patience)
  }

  private static func takeBatch(_ queue: inout [QueuedCommand], limits: RegistryLimits) -> [QueuedCommand] {
    var count = 0
    var bytes = 0
    while count < queue.count, count < limits.commandsPerCommit {
      bytes += queue[count].command.cost
      if bytes > limits.bytesPerCommit, count > 0 { break }
      count += 1
    }
    let batch = Array(queue[..<count])
    queue.removeSubrange(..<count)
    return batch
  }

  /// Nobody is answered, and nothing shows, before the store has it.
  private func commit(_ queued: [QueuedCommand]) async {
    let now = clock.now
    let wallTime = wallClock()
    let plan = state.withLock { state in
      state.core.plan(queued.map(\.command), now: now, wallTime: wallTime)
    }
    do throws(StoreError) {
      if !plan.batch.isEmpty {
        let start = ContinuousClock.now
        try await store.commit(plan.batch)
        metrics.commitDuration.record(.now - start)
        audit(plan, queued, wallTime: wallTime)
      }
      applied(plan, queued)
    } catch {
      failed(plan, queued, error)
    }
  }

  /// Who changed what, before they are told that it is done.
  private func audit(_ plan: CommitPlan, _ queued: [QueuedCommand], wallTime: Duration) {
    guard let audit, !plan.batch.revisions.isEmpty else { return }
    var revisions = plan.batch.revisions.makeIterator()
    var entries: [AuditEntry] = []
    for (queued, answer) in zip(queued, plan.answers) where answer.hasChanged {
      guard let revision = revisions.next() else { break }
      if case .session(.forgetDelays) = queued.command { continue }
      entries.append(AuditEntry(queued.command, by: queued.actor, revision, time: wallTime.milliseconds))
    }
    audit.write(entries)
  }

  private func applied(_ plan: CommitPlan, _ queued: [QueuedCommand]) {
    let now = clock.now
    let watchers = state.withLock { state in
      let touched = state.core.apply(plan, now: now)
      if !plan.batch.isEmpty {
        state.statistics.commits += 1
        state.statistics.committedCommands += UInt64(queued.count)
        state.gathering.committed(queued.count, waiting: state.queue.count)
      }
      return state.hub.take(for: touched)
    }
    for (command, answer) in zip(queued, plan.answers) { command.caller?.resume(returning: answer.result) }
    for watcher in watchers { watcher.resume(returning: .changed) }
  }

  private func failed(_ plan: CommitPlan, _ queued: [QueuedCommand], _ error: StoreError) {
    let now = clock.now
    let revision = state.withLock { state in
      state.core.abandon(plan, now: now)
      state.statistics.failedCommits += 1
      return state.core.revision
    }
    logger.error(
      "commit failed; its changes are refused",
      metadata: ["error": "\(error)", "changes": "\(plan.batch.revisions.count)"])
    for (command, answer) in zip(queued, plan.answers) {
      // What holds without the commit holds at the revision that there is, not at the one that did not come about.
      let result = answer.result.map { CommandOutcome(revision: min($0.revision, revision), value: $0.value) }
      command.caller?.resume(returning: answer.needsCommit ? .failure(RegistryError(error)) : result)
    }
  }
}
