import NIOCore

/// Rest: a channel without calls has no connections (gRPC's IDLE).
extension ChannelCore {
  func scheduleIdleCheck() {
    guard let timeout = options.idleTimeout else { return }
    let timer = group.any().scheduleTask(in: TimeAmount(timeout)) { self.checkIdle() }
    let isLate = state.withLock { state in
      if state.isShutDown || state.isIdle { return true }
      state.idleTimer?.cancel()
      state.idleTimer = timer
      return false
    }
    if isLate { timer.cancel() }
  }

  /// Looks back over one whole timeout. The cost of a call is none: calls are counted anyway.
  func checkIdle() {
    let calls = callCounts.started
    let isBusy = state.withLock { state in
      defer { state.callsBefore = calls }
      return calls != state.callsBefore || state.calls.count > 0
        || state.subchannels.values.contains { $0.callCount > 0 }
    }
    if isBusy { scheduleIdleCheck() } else { rest() }
  }

  /// Drops every connection until there is a call. A call that is just being given to one of them finds it
  /// draining, and wakes the channel.
  func rest() {
    let (subchannels, resolver) = state.withLock { state -> ([Subchannel], Task<Void, Never>?) in
      if state.isShutDown || state.isIdle { return ([], nil) }
      state.isIdle = true
      state.idleTimer?.cancel()
      state.idleTimer = nil
      return Self.dropAll(&state)
    }
    resolver?.cancel()
    for subchannel in subchannels { subchannel.shutdown() }
    forget(subchannels)
    trace.add("idle")
    update()
  }
}
