import WeftDiscovery

/// Time: leases that run out, watches with nothing to tell, descriptor sets that nobody needs.
extension Registry {
  func leaseLoop() async {
    await withDiscardingTaskGroup { group in
      await keepTime(in: &group)
      group.cancelAll()
    }
  }

  private func keepTime(in group: inout DiscardingTaskGroup) async {
    var told = RegistryStatistics()
    var nextIdle = clock.now + configuration.watchIdleInterval
    var nextCollection = clock.now + configuration.collectionInterval
    while true {
      let latest = clock.now + configuration.leaseTick
      let due = state.withLock { state in
        let deadlines = [
          state.core.leases.nextDeadline, state.core.sessions.leases.nextDeadline,
          state.core.checks.nextDeadline(limit: configuration.limits.concurrentChecks), latest,
        ]
        return deadlines.compactMap(\.self).min() ?? latest
      }
      do { try await clock.sleep(until: due) } catch { return }
      let now = clock.now
      expire(now: now, overslept: now - due)
      runChecks(now: now, in: &group)
      let statistics = statistics
      metrics.publish(statistics, since: told)
      told = statistics
      if now >= nextIdle {
        nextIdle = now + configuration.watchIdleInterval
        reassureWatchers()
      }
      if now >= nextCollection {
        nextCollection = now + configuration.collectionInterval
        enqueue(.collectDescriptorSets)
        if state.withLock({ !$0.core.sessions.overdueDelays(now: now, limit: 1).isEmpty }) {
          enqueue(.session(.forgetDelays))
        }
      }
    }
  }

  private func expire(now: Duration, overslept: Duration) {
    let isLate = overslept > configuration.awayThreshold
    let limit = configuration.limits.commandsPerCommit
    let expired = state.withLock { state in
      if isLate {
        state.core.leases.excuse(overslept)
        state.core.sessions.leases.excuse(overslept)
        state.core.checks.ttls.excuse(overslept)
      }
      let expired = state.core.leases.takeExpired(now: now, limit: limit)
      let sessions = state.core.sessions.leases.takeExpired(now: now, limit: limit)
      state.statistics.expirations += UInt64(expired.count)
      return (instances: expired, sessions: sessions)
    }
    if isLate {
      logger.warning("the registry was away; leases are extended", metadata: ["by": "\(overslept)"])
    }
    if !expired.sessions.isEmpty {
      logger.notice("sessions ran out", metadata: ["count": "\(expired.sessions.count)"])
      enqueue(.session(.expire(expired.sessions)))
    }
    guard !expired.instances.isEmpty else { return }
    logger.notice(
      "leases ran out",
      metadata: [
        "count": "\(expired.instances.count)",
        "instances": "\(expired.instances.prefix(10).map(\.description).joined(separator: " "))",
      ])
    enqueue(.expire(expired.instances))
  }

  /// Queues a command that nobody waits for.
  func enqueue(_ command: RegistryCommand) {
    state.withLock { state in
      if !state.isClosed { state.queue.append(QueuedCommand(command: command, caller: nil)) }
    }
    wakeCommitter()
  }

  private func reassureWatchers() {
    let waiters = state.withLock { $0.hub.takeWatchers() }
    for waiter in waiters { waiter.resume(returning: .idle) }
  }
}
