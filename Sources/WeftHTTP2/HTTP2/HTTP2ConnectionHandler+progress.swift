import NIOCore

/// Peers that trickle.
extension HTTP2ConnectionHandler {
  func watchProgress(_ context: ChannelHandlerContext) {
    guard !progress.isWatching, failure == nil, progress.isInside(session) else { return }
    progress.start(session)
    // Weak: connections that were cut off at once must not stay in memory until their timer fires.
    context.eventLoop.assumeIsolated().scheduleTask(in: session.configuration.limits.headerTimeout) {
      [weak self] in self?.checkProgress()
    }
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
