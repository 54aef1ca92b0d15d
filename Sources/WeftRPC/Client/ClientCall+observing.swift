import NIOCore

extension ClientCall: CallAttemptObserver {
  func attemptHasReply(_ attempt: CallAttempt) {
    if let run = run(of: attempt) { commit(run) }
  }

  func attemptIsWritable(_ attempt: CallAttempt) {
    if let run = run(of: attempt) { pump(run) }
  }

  private func run(of attempt: CallAttempt) -> Run? {
    state.withLock { $0.runs.first { $0.attempt === attempt } }
  }

  func attemptEnded(_ attempt: CallAttempt, _ failure: CallFailure?) {
    guard let run = run(of: attempt) else { return }
    let next = state.withLock { state -> Next in
      if state.isSettled {
        // Also what became of a committed attempt is of interest to the budget.
        guard state.committed === run else { return .done(nil) }
        state.judge(failure)
        state.end.record(failure?.error.code ?? .ok)
        return .done(state.endSending())
      }
      guard let failure else {
        state.judge(nil)
        return .commit
      }
      state.runs.removeAll { $0 === run }
      state.failed.append(run.subchannel)
      if let hedging = plan.hedging {
        return state.next(after: failure, hedging, budgetAllows: maker.allowsHedges)
      }
      return state.retry.delay(after: failure).map { .again($0) } ?? .commit
    }
    switch next {
    case .done(let writer): writer?.resume(throwing: CallEndedEarly())
    case .wait: break
    case .again(let delay): schedule(after: delay) { await $0.makeAttempt() }
    case .hedge(let delay): if let hedging = plan.hedging { scheduleHedge(after: delay, hedging) }
    case .commit:
      commit(run)
      let writer = state.withLock { state in
        state.end.record(failure?.error.code ?? .ok)
        return state.endSending()
      }
      writer?.resume(throwing: CallEndedEarly())
    }
  }

  fileprivate enum Next {
    case done(CheckedContinuation<Void, any Error>?)
    /// Another attempt runs, or will.
    case wait
    case again(Duration)
    case hedge(Duration)
    /// How the attempt ended is how the call ended.
    case commit
  }

  // MARK: Hedging

  func scheduleHedge(after delay: Duration, _ hedging: HedgingPolicy) {
    schedule(after: delay) { call in
      let isWanted = call.state.withLock { state in
        if state.isSettled || !state.mayHedge(hedging) || !call.maker.allowsHedges { return false }
        state.hedges.begun += 1
        return true
      }
      if !isWanted { return }
      if call.state.withLock({ $0.mayHedge(hedging) }) { call.scheduleHedge(after: hedging.delay, hedging) }
      await call.makeAttempt()
    }
  }
}

extension ClientCall.State {
  fileprivate mutating func endSending() -> CheckedContinuation<Void, any Error>? {
    isEnded = true
    messages = []
    return takeWriter()
  }

  fileprivate mutating func judge(_ failure: CallFailure?) {
    if let failure { _ = retry.delay(after: failure) } else { retry.succeeded() }
  }

  fileprivate func mayHedge(_ hedging: HedgingPolicy) -> Bool {
    hedges.begun < hedging.maxAttempts && !hedges.isStopped
  }

  fileprivate mutating func next(
    after failure: CallFailure, _ hedging: HedgingPolicy, budgetAllows: Bool
  ) -> ClientCall.Next {
    if failure.isUnprocessed, let delay = retry.delay(after: failure) { return .again(delay) }
    if !hedging.nonFatalStatusCodes.contains(failure.error.code) { return .commit }
    retry.failed()
    if failure.pushback == .never { hedges.isStopped = true }
    if mayHedge(hedging), budgetAllows {
      if case .after(let pause) = failure.pushback { return .hedge(pause) }
      return .hedge(.zero)
    }
    return runs.isEmpty ? .commit : .wait
  }
}
