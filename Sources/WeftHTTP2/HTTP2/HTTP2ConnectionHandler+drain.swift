import NIOCore

/// The graceful end (RFC 9113, 6.8).
extension HTTP2ConnectionHandler {
  static let drainPing: UInt64 = 0x7765_6674_6472_6169
  /// How long the peer's answer to that is waited for.
  private static let drainPatience = TimeAmount.seconds(1)

  /// Takes no new streams, lets those that run finish, then closes.
  ///
  /// - Parameter reason: what the peer is told.
  func drain(reason: String = "") {
    if isDraining { return }
    isDraining = true
    drainReason = reason
    // A first GOAWAY names no last stream; the second follows when the peer has certainly seen the
    // first, so that streams on their way meanwhile are still served.
    session.submitShutdownNotice()
    session.submitPing(Self.drainPing)
    guard let context else { return }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.drainPatience) { bound.value.finishDrain() }
  }

  /// Names the last stream. Without streams the connection closes with that.
  func finishDrain() {
    if context != nil, !session.isGoAwaySent { session.submitGoAway(debug: drainReason) }
  }
}
