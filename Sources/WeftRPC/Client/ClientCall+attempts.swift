import NIOCore

extension ClientCall {
  /// Makes the first attempt.
  ///
  /// - Throws: ``RPCError`` when there was no connection for it.
  func begin() async throws {
    await makeAttempt()
    let (failure, attempts) = state.withLock { ($0.failure, $0.end.attempts) }
    if let failure { throw failure.told(afterAttempts: attempts) }
  }

  /// Makes attempts until one has begun, or none may be made any more.
  func makeAttempt() async {
    while true {
      let (avoided, previous) = state.withLock { state in
        (state.failed + state.runs.map(\.subchannel), state.previousAttempts(plan))
      }
      let failure: CallFailure
      do {
        let pick = try await maker.pick(plan, avoiding: avoided)
        let (attempt, head) = maker.make(plan, previousAttempts: previous, on: pick, observer: self)
        let run = Run(attempt, on: pick.subchannel)
        if !register(run) { return attempt.cancel() }
        return attempt.start(head, deadline: plan.deadline) { self.opened(run) }
      } catch let error as CallFailure {
        failure = error
      } catch {
        return giveUp()
      }
      guard let pause = pause(after: failure) else { return }
      if pause > .zero {
        do { try await Task.sleep(for: pause) } catch { return giveUp() }
      }
    }
  }

  /// The task that makes attempts was cancelled: with the call, or because another attempt has become the call.
  private func giveUp() {
    if !state.withLock({ $0.isSettled }) { cancel() }
  }

  private func register(_ run: Run) -> Bool {
    state.withLock { state in
      if state.isSettled { return false }
      state.runs.append(run)
      state.end.attempts += 1
      return true
    }
  }

  /// An attempt could not be begun.
  ///
  /// - Returns: how long to wait before the next; nil when there is none, or another runs.
  private func pause(after failure: CallFailure) -> Duration? {
    let (pause, isOver) = state.withLock { state -> (Duration?, Bool) in
      if state.isSettled { return (nil, false) }
      if let pause = state.retry.delay(after: failure) { return (pause, false) }
      return (nil, state.runs.isEmpty)
    }
    if isOver { end(failure) }
    return pause
  }

  /// On the attempt's loop.
  private func opened(_ run: Run) {
    let (mustCommit, isFirst) = state.withLock { state in
      run.isOpen = true
      let isFirst = !state.hedges.isTimed
      state.hedges.isTimed = true
      return (state.committed == nil && state.keptBytes > Self.maxReplayBytes, isFirst)
    }
    if mustCommit { commit(run) }
    if isFirst, let hedging = plan.hedging { scheduleHedge(after: hedging.delay, hedging) }
    pump(run)
  }

  /// From now on this attempt is the call. The others are broken off.
  func commit(_ run: Run) {
    let (others, timer, tasks) = state.withLock { state -> ([Run], Scheduled<Void>?, [Task<Void, Never>]) in
      if state.isSettled { return ([], nil, []) }
      state.committed = run
      let others = state.runs.filter { $0 !== run }
      state.runs = [run]
      let taken = (others, state.timer, state.tasks)
      state.timer = nil
      state.tasks = []
      return taken
    }
    for other in others { other.attempt.cancel() }
    timer?.cancel()
    for task in tasks { task.cancel() }
    if state.withLock({ $0.committed === run }) { outcome.succeed(run.attempt) }
  }

  /// The call is broken off, or could not be begun.
  func end(_ failure: CallFailure) {
    let (runs, timer, tasks, writer) = state.withLock {
      state -> ([Run], Scheduled<Void>?, [Task<Void, Never>], CheckedContinuation<Void, any Error>?) in
      let taken = (state.runs, state.timer, state.tasks, state.takeWriter())
      if state.committed == nil, state.failure == nil { state.failure = failure }
      // What was committed to tells itself how it ended.
      if state.committed == nil { state.end.record(failure.error.code) }
      state.isEnded = true
      state.timer = nil
      state.tasks = []
      state.messages = []
      return taken
    }
    timer?.cancel()
    for task in tasks { task.cancel() }
    for run in runs { run.attempt.cancel() }
    writer?.resume(throwing: CallEndedEarly())
    outcome.fail(failure)
  }

  /// Makes an attempt later, beside the caller's task.
  func schedule(after delay: Duration, _ body: @escaping @Sendable (ClientCall) async -> Void) {
    let timer = maker.core.group.any().scheduleTask(in: TimeAmount(delay)) { [self] in
      let task = Task { await body(self) }
      let isSettled = state.withLock { state in
        state.tasks.append(task)
        return state.isSettled
      }
      if isSettled { task.cancel() }
    }
    let replaced = state.withLock { state -> Scheduled<Void>? in
      if state.isSettled { return timer }
      let replaced = state.timer
      state.timer = timer
      return replaced
    }
    replaced?.cancel()
  }
}

extension ClientCall.State {
  fileprivate func previousAttempts(_ plan: CallPlan) -> Int {
    plan.hedging == nil ? retry.previousAttempts : hedges.begun - 1
  }
}
