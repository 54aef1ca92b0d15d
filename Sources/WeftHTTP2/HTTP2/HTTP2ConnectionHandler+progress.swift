import NIOCore

/// Peers that trickle.
extension HTTP2ConnectionHandler {
  func watchProgress(_ context: ChannelHandlerContext) {
    guard !progress.isWatching, failure == nil, progress.isInside(session) else { return }
    progress.start(session)
    progressTimer = context.eventLoop.assumeIsolated().scheduleTask(
      in: session.configuration.limits.headerTimeout
    ) { self.checkProgress() }
  }

  private func checkProgress() {
    guard let context else { return }
    if !progress.isStuck(session) {
      watchProgress(context)
    } else if failure == nil {
      failure = HTTP2ConnectionError(reason: "the peer did not finish a frame in time")
      session.submitGoAway(HTTP2ErrorCode.enhanceYourCalm)
      flushNow()
    }
  }
}
