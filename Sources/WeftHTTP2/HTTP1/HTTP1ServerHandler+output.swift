import NIOCore
import NIOHTTP1

/// Peers that ask for many answers at once, or do not take them.
extension HTTP1ServerHandler {
  /// The end of an answer that was not written yet.
  struct HeldEnd {
    var trailers: HTTPHeaders?
  }

  /// Answers of one connection before the loop looks at the others.
  private static var answersPerTurn: Int { 4 }

  /// Ends an answer that others may follow.
  ///
  /// SwiftNIO's pipeline handler lets the next request in when it sees the end. That waits until the peer has taken what
  /// there is, but for the channel's low-water mark: it may have sent thousands of requests and read nothing.
  func endAnswer(_ trailers: HTTPHeaders?, _ context: ChannelHandlerContext) {
    heldEnd = HeldEnd(trailers: trailers)
    answersInTurn += 1
    guard answersInTurn >= Self.answersPerTurn else { return releaseEnd() }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: LoopContext.lookingTime) {
      bound.value.answersInTurn = 0
      bound.value.releaseEnd()
    }
  }

  /// Writes the end that is held, if it may be.
  func releaseEnd() {
    guard let context, let end = heldEnd, context.channel.isWritable, answersInTurn < Self.answersPerTurn
    else { return }
    heldEnd = nil
    responseEnded = true
    write(.end(end.trailers), context)
    resumeReading()
    finishIfComplete()
  }

  /// Counts what the peer leaves untaken.
  func accountOutput() {
    guard let context else { return }
    let bytes = context.channel.unsentBytes
    if bytes == untaken.bytes { return }
    if untaken.update(queued: bytes, taken: taken(bytes)) { return context.close(promise: nil) }
    if bytes > 0, !untaken.isWatched { watchOutput(context) }
  }

  private func taken(_ unsent: Int) -> UInt64 { byteWatch.written &- UInt64(unsent) }

  /// Looks now and then whether the peer takes anything at all.
  private func watchOutput(_ context: ChannelHandlerContext) {
    untaken.isWatched = true
    let before = taken(context.channel.unsentBytes)
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: limits.headerTimeout) { bound.value.checkOutput(since: before) }
  }

  private func checkOutput(since before: UInt64) {
    untaken.isWatched = false
    guard let context, context.channel.unsentBytes > 0 else { return }
    if taken(context.channel.unsentBytes) <= before, untaken.budget.isExceeded {
      return context.close(promise: nil)
    }
    watchOutput(context)
  }
}
