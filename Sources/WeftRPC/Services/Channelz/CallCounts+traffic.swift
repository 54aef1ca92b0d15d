import NIOCore
import WeftHTTP2

extension CallCounts {
  /// Counts a call that is over.
  @inline(__always)
  mutating func ended(_ isOK: Bool, _ traffic: CallTraffic, since start: NIODeadline, _ nanoseconds: UInt64) {
    if isOK { succeeded &+= 1 } else { failed &+= 1 }
    messagesSent &+= traffic.sentMessages
    messagesReceived &+= traffic.receivedMessages
    lastStarted = start
    lastEnded = start + .nanoseconds(Int64(clamping: nanoseconds))
  }
}

extension ServerCall: CallInProgress {
  var messagesNow: (sent: Int, received: Int)? {
    isEnded ? nil : (traffic.sentMessages, traffic.receivedMessages)
  }
}

extension CallAttempt: CallInProgress {
  var messagesNow: (sent: Int, received: Int)? {
    isEnded ? nil : (traffic.sentMessages, traffic.receivedMessages)
  }
}
