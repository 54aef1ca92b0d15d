import NIOCore

extension ClientCall {
  private enum Way {
    /// Nothing is kept any more.
    case direct(CallAttempt)
    case pump([Run], commit: Run?)
  }

  func send(framed: ByteBuffer) async throws {
    let (way, count) = try state.withLock { state -> (Way, Int) in
      if state.isEnded { throw CallEndedEarly() }
      if state.isFinished { throw RPCError(.internalError, "a message was sent after the last") }
      if let committed = state.committed {
        if state.messages.isEmpty { return (.direct(committed.attempt), 0) }
        state.messages.append(framed)
        return (.pump([committed], commit: nil), state.released + state.messages.count)
      }
      state.messages.append(framed)
      state.keptBytes += framed.readableBytes
      let commit = state.keptBytes > Self.maxReplayBytes ? state.furthest : nil
      return (.pump(state.runs, commit: commit), state.released + state.messages.count)
    }
    switch way {
    case .direct(let attempt): return try await attempt.send(framed: framed)
    case .pump(let runs, let commit):
      if let commit { self.commit(commit) }
      for run in runs { run.attempt.onLoop { _ in self.pump(run) } }
      try await waitUntilTaken(count)
    }
  }

  func finishAttempts() async throws {
    let way = state.withLock { state -> Way in
      state.isFinished = true
      if let committed = state.committed, state.messages.isEmpty { return .direct(committed.attempt) }
      return .pump(state.runs, commit: nil)
    }
    switch way {
    case .direct(let attempt): try await attempt.finishSending()
    case .pump(let runs, _):
      for run in runs { run.attempt.onLoop { _ in self.pump(run) } }
    }
  }

  /// - Parameter count: messages that were sent, this one included.
  private func waitUntilTaken(_ count: Int) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<Void, any Error>? in
          // The server may answer a message, and end the call with that, before its writer gets here.
          if state.isEnded { return state.put < count ? .failure(CallEndedEarly()) : .success(()) }
          if state.isTaken { return .success(()) }
          if Task.isCancelled { return .failure(CancellationError()) }
          if state.writer != nil {
            return .failure(RPCError(.internalError, "one task sends on a call at a time"))
          }
          state.writer = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      state.withLock { $0.takeWriter() }?.resume(throwing: CancellationError())
    }
  }

  /// Puts what an attempt has not been given yet. On its loop.
  func pump(_ run: Run) {
    enum Step {
      case put(ByteBuffer)
      case end
      case rest(CheckedContinuation<Void, any Error>?)
    }
    while true {
      let isWritable = run.attempt.isWritable
      let step = state.withLock { state -> Step in
        run.isBlocked = !isWritable
        let index = run.sent - state.released
        guard run.isOpen, isWritable, index >= 0 else { return .rest(nil) }
        if index < state.messages.count {
          run.sent += 1
          state.put = max(state.put, run.sent)
          return .put(state.messages[index])
        }
        if state.isFinished, !run.hasFinished {
          run.hasFinished = true
          return .end
        }
        if state.committed === run { state.release() }
        return .rest(state.isTaken ? state.takeWriter() : nil)
      }
      switch step {
      case .put(let message): run.attempt.put(message)
      case .end: run.attempt.putEnd()
      case .rest(let writer): return writer?.resume() ?? ()
      }
    }
  }
}

extension ClientCall.State {
  /// The attempt that has been given most.
  var furthest: ClientCall.Run? {
    runs.filter(\.isOpen).max { $0.sent < $1.sent }
  }
}
