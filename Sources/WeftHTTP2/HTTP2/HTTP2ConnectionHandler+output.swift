import NIOCore

/// Peers that ask for answers and do not take them.
extension HTTP2ConnectionHandler {
  /// Called after every flush.
  @inline(__always)
  func accountOutput() {
    if let untaken, session.queuedBytes != untaken.bytes { outputChanged() }
  }

  private func outputChanged() {
    guard let context else { return }
    if untaken?.update(queued: session.queuedBytes, taken: session.dataTaken) == true { return cutOff() }
    if session.queuedBytes > 0, untaken?.isWatched == false { watchOutput(context) }
  }

  /// Looks now and then whether the peer takes anything at all.
  private func watchOutput(_ context: ChannelHandlerContext) {
    untaken?.isWatched = true
    let taken = session.dataTaken
    outputTimer = context.eventLoop.assumeIsolated().scheduleTask(
      in: session.configuration.limits.headerTimeout
    ) { self.checkOutput(since: taken) }
  }

  private func checkOutput(since taken: UInt64) {
    untaken?.isWatched = false
    guard let context, session.queuedBytes > 0 else { return }
    if session.dataTaken == taken, untaken?.budget.isExceeded == true { return cutOff() }
    watchOutput(context)
  }

  private func cutOff() {
    failure = HTTP2ConnectionError(
      reason: "the peer leaves \(session.queuedBytes) bytes of answers untaken, and the server holds too many"
    )
    close()
  }
}
