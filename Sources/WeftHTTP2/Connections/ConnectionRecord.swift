import NIOCore

/// What is known of one HTTP/2 connection by those who look into the process.
package final class ConnectionRecord: @unchecked Sendable {
  // Sound as `Sendable`: constants may be read anywhere, everything else on the loop only.

  package let id = EntityID.next()
  package let eventLoop: any EventLoop
  /// On the loop only.
  @exclusivity(unchecked) package var calls = CallCounts()
  /// Nil before the connection has begun and after it has ended. On the loop only.
  var handler: HTTP2ConnectionHandler?

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// The connection as it is now.
  ///
  /// - Returns: nil when it has ended.
  package func look() async -> ConnectionLook? {
    try? await eventLoop.submit { self.handler.flatMap { ConnectionLook($0, self.calls) } }.get()
  }

  /// The calls that have ended and those that run. On the loop only.
  var callsNow: (counts: CallCounts, running: Int) {
    var counts = calls
    var running = 0
    for stream in handler?.session.streams ?? [] {
      guard let messages = (stream.handler as? any CallInProgress)?.messagesNow else { continue }
      running += 1
      counts.messagesSent += messages.sent
      counts.messagesReceived += messages.received
    }
    return (counts, running)
  }
}
