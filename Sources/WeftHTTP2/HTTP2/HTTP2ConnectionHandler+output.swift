import NIOCore

/// Peers that ask for answers and do not take them.
extension HTTP2ConnectionHandler {
  /// Called after every flush.
  @inline(__always)
  func accountOutput() {
    if session.queuedBytes != accounted.bytes { outputChanged() }
  }

  private func outputChanged() {
    guard let budget, let context else { return }
    let bytes = session.queuedBytes
    let grew = bytes > accounted.bytes
    budget.change(from: accounted.bytes, to: bytes)
    accounted.bytes = bytes
    let tookNothing = session.dataTaken == accounted.taken
    accounted.taken = session.dataTaken
    if grew, tookNothing, budget.isOverShare(bytes) { return cutOff() }
    if bytes > 0, !accounted.isWatched { watchOutput(context) }
  }

  /// Looks now and then whether the peer takes anything at all.
  private func watchOutput(_ context: ChannelHandlerContext) {
    accounted.isWatched = true
    let taken = session.dataTaken
    outputTimer = context.eventLoop.assumeIsolated().scheduleTask(
      in: session.configuration.limits.headerTimeout
    ) { self.checkOutput(since: taken) }
  }

  private func checkOutput(since taken: UInt64) {
    accounted.isWatched = false
    guard let context, session.queuedBytes > 0 else { return }
    if session.dataTaken == taken, budget?.isExceeded == true { return cutOff() }
    watchOutput(context)
  }

  private func cutOff() {
    failure = HTTP2ConnectionError(
      reason: "the peer leaves \(session.queuedBytes) bytes of answers untaken, and the server holds too many"
    )
    close()
  }

  /// The connection is gone, and holds nothing any more.
  func releaseOutput() {
    budget?.change(from: accounted.bytes, to: 0)
    accounted.bytes = 0
  }

  /// What the budget knows of this connection.
  struct Accounted {
    var bytes = 0
    var taken: UInt64 = 0
    var isWatched = false
  }
}
