import NIOCore

extension ClientCall {
  /// An attempt that runs. Its variables are touched under the call's lock only.
  final class Run: @unchecked Sendable {
    let attempt: CallAttempt
    let subchannel: Subchannel
    /// The connection took it, so messages may be put.
    var isOpen = false
    /// It took no more bytes when it was last looked at.
    var isBlocked = false
    /// Messages that were put, from the call's first.
    var sent = 0
    var hasFinished = false

    init(_ attempt: CallAttempt, on subchannel: Subchannel) {
      self.attempt = attempt
      self.subchannel = subchannel
    }
  }

  struct State {
    /// Framed messages from number ``released`` on.
    var messages: [ByteBuffer] = []
    /// Messages that need not be kept any more: the committed attempt has put them.
    var released = 0
    var keptBytes = 0
    /// Messages that some attempt has been given, from the call's first.
    var put = 0
    /// No more messages follow.
    var isFinished = false

    var runs: [Run] = []
    var failed: [Subchannel] = []
    var retry: RetryState
    var hedges = HedgeState()
    /// The attempt that is the call: no other is made any more.
    var committed: Run?
    /// Nothing is sent any more.
    var isEnded = false
    /// Why there was no attempt that could be committed to.
    var failure: CallFailure?

    var writer: CheckedContinuation<Void, any Error>?
    /// The next attempt is made then.
    var timer: Scheduled<Void>?
    /// What makes attempts beside the caller's task.
    var tasks: [Task<Void, Never>] = []

    /// Told once.
    var end: CallEnd

    init(retry: RetryState, end: CallEnd, onlyMessage: ByteBuffer?) {
      self.retry = retry
      self.end = end
      if let onlyMessage {
        messages = [onlyMessage]
        isFinished = true
      }
    }

    /// Whether no further attempt may be made.
    var isSettled: Bool { committed != nil || isEnded }

    mutating func takeWriter() -> CheckedContinuation<Void, any Error>? {
      let taken = writer
      writer = nil
      return taken
    }

    /// Whether some attempt has put every message and takes more.
    var isTaken: Bool {
      let total = released + messages.count
      if let committed { return committed.sent == total && !committed.isBlocked }
      return runs.contains { $0.isOpen && $0.sent == total && !$0.isBlocked }
    }

    /// Forgets the messages that the committed attempt has put.
    mutating func release() {
      guard let committed, committed.sent > released else { return }
      messages.removeFirst(min(committed.sent - released, messages.count))
      released = committed.sent
      keptBytes = 0
    }
  }

  /// Attempts that are made beside each other.
  struct HedgeState {
    var begun = 1
    /// The first has begun, and the time for the next runs.
    var isTimed = false
    /// The server wants no more.
    var isStopped = false
  }
}
