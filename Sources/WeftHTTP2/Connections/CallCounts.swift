import NIOCore

/// Calls that have ended, as whoever makes or serves them counts them.
package struct CallCounts: Sendable {
  package var succeeded = 0
  package var failed = 0
  package var messagesSent = 0
  package var messagesReceived = 0
  /// When the newest call began, and when the last ended.
  package var lastStarted: NIODeadline?
  package var lastEnded: NIODeadline?

  package init() {}

  package static func += (sum: inout CallCounts, other: CallCounts) {
    sum.succeeded += other.succeeded
    sum.failed += other.failed
    sum.messagesSent += other.messagesSent
    sum.messagesReceived += other.messagesReceived
    sum.lastStarted = [sum.lastStarted, other.lastStarted].compactMap { $0 }.max()
    sum.lastEnded = [sum.lastEnded, other.lastEnded].compactMap { $0 }.max()
  }
}

/// A handler of a stream that is a call, and how many messages it has carried so far.
package protocol CallInProgress: AnyObject {
  /// Nil once the call has been counted as ended. On the loop only.
  var messagesNow: (sent: Int, received: Int)? { get }
}
