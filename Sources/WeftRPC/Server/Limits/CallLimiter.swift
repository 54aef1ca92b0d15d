import Synchronization

/// Keeps the calls of a server, or of one method, within a number that was given. Those over it are refused before
/// their message is read.
final class CallLimiter: Sendable {
  private let most: Int
  private let running = Atomic<Int>(0)
  private let refusals: Refusals

  /// - Parameter subject: what is limited, for the refused: `this server`, or a method's path.
  init(_ most: Int, pushback: Duration, subject: String) {
    self.most = most
    refusals = Refusals(pushback: pushback) { most in
      RPCError(.resourceExhausted, "\(subject) serves at most \(most) calls at a time")
    }
    ConcurrencyLimit.gauge(of: subject).set(most)
  }

  /// - Returns: what to tell the caller when there is no place left.
  func acquire() -> Refusal? {
    if running.wrappingAdd(1, ordering: .relaxed).newValue <= most { return nil }
    release()
    return refusals.next(most)
  }

  /// Gives a place back.
  func release() {
    running.wrappingSubtract(1, ordering: .relaxed)
  }
}
