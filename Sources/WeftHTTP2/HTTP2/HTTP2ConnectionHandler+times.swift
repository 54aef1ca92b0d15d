import NIOCore

/// What happens by the clock, and peers that ask too often what time it is.
extension HTTP2ConnectionHandler {
  /// "weftping"
  private static let keepalivePing: UInt64 = 0x7765_6674_7069_6e67

  /// Does what is due, and comes back when the next thing is.
  func lookAtClock() {
    guard let context, failure == nil else { return }
    let now = NIODeadline.now()
    let (due, next) = clock.look(now: now, isBusy: !session.streams.isEmpty, isDraining: isDraining)
    switch due {
    case .nothing: break
    case .ping:
      keepalivesSent += 1
      session.submitPing(Self.keepalivePing)
    case .drain(let reason): drain(reason: reason)
    case .cutOff: return end(HTTP2ConnectionError(reason: "the connection's age and grace are over"))
    case .peerIsGone:
      return end(HTTP2ConnectionError(reason: "the peer did not answer a keepalive ping in time"))
    }
    // Not weak: counting the references of an object that has weak ones is slow, and this one is used in each call.
    clockTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.lookAtClock() }
  }

  /// Closes without waiting for a peer that takes nothing any more.
  private func end(_ error: HTTP2ConnectionError) {
    failure = error
    close()
  }

  func enforcePings() {
    guard failure == nil,
      pingGuard?.isTooMany(now: .now(), isBusy: !session.streams.isEmpty, sent: session.messagesSent) == true
    else { return }
    failure = HTTP2ConnectionError(reason: "the peer sent too many pings")
    session.submitGoAway(HTTP2ErrorCode.enhanceYourCalm, debug: KeepaliveEnforcement.tooManyPings)
  }
}
