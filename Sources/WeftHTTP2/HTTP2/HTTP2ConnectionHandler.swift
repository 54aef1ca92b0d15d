import NIOCore

/// What the owner of an HTTP/2 connection hears of it. On the loop only.
protocol HTTP2ConnectionOwner: AnyObject {
  func connection(_ connection: HTTP2ConnectionHandler, handlerFor stream: HTTP2Stream) -> (
    any HTTP2StreamHandler
  )?
  func connectionReceivedSettings(_ connection: HTTP2ConnectionHandler)
  func connection(_ connection: HTTP2ConnectionHandler, receivedGoAway errorCode: UInt32, debug: String)
  func connection(_ connection: HTTP2ConnectionHandler, receivedPingAck payload: UInt64)
  func connectionClosedStream(_ connection: HTTP2ConnectionHandler)
  /// Called once, after every stream was closed.
  func connectionClosed(_ connection: HTTP2ConnectionHandler, error: (any Error)?)
}

/// Joins an HTTP/2 session with a SwiftNIO channel: one handler per connection, no channel per stream.
///
/// Reading feeds the session straight from the read buffer. Whatever the session and the handlers that
/// ran then want to send is gathered and written once per turn of the loop.
final class HTTP2ConnectionHandler: ChannelInboundHandler, LoopFlushable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let session: HTTP2Session
  let loop: LoopContext
  private let owner: any HTTP2ConnectionOwner
  private(set) var context: ChannelHandlerContext?
  private var output = ByteBuffer()
  private var isFlushing = false
  private var flushPending = false
  private var isInCycle = false
  /// Why the connection cannot go on. What is ready leaves, then it is closed.
  var failure: (any Error)?
  /// No new streams are taken; set by the way there (`+drain`).
  var isDraining = false
  var drainReason = ""
  private var isClosing = false
  var progress: ProgressWatch
  var clock: ConnectionClock
  // Cancelled at the end: connections that were cut off must not stay in memory until their timers fire.
  var clockTimer: Scheduled<Void>?
  var progressTimer: Scheduled<Void>?
  var outputTimer: Scheduled<Void>?
  var pingGuard: PingGuard?
  /// What the peer leaves untaken; clients are not counted.
  var untaken: UntakenOutput?

  /// Bytes of one write. The rest waits in the session, where flow control and priorities see it.
  private static let writeSize = 128 << 10
  /// Bytes of one turn: whoever takes a large answer as fast as it comes must not keep the loop from others.
  private static let turnSize = 256 << 10

  init(
    session: HTTP2Session, loop: LoopContext, owner: any HTTP2ConnectionOwner,
    times: ConnectionTimes = ConnectionTimes(), budget: ByteBudget? = nil
  ) {
    untaken = budget.map(UntakenOutput.init)
    clock = ConnectionClock(times)
    pingGuard = times.enforcement.map(PingGuard.init)
    self.session = session
    self.loop = loop
    self.owner = owner
    progress = ProgressWatch(role: session.configuration.role)
    session.delegate = self
  }

  deinit {
    session.delegate = nil
  }

  // MARK: For those who look on

  var keepalivesSent = 0
  private(set) var record: ConnectionRecord?
  var channel: (any Channel)? { context?.channel }

  /// The record knows the connection from now until its end.
  func recorded(in record: ConnectionRecord) {
    self.record = record
    record.handler = self
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { begin() }
    // A client that never begins is one that does not finish its preface.
    watchProgress(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    clockTimer?.cancel()
    progressTimer?.cancel()
    outputTimer?.cancel()
    self.context = nil
  }

  private func begin() {
    flushSoon()
    if clock.isRunning { lookAtClock() }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin()
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isInCycle {
      isInCycle = true
      loop.beginCycle()
    }
    clock.keepalive?.heard = true
    let buffer = unwrapInboundIn(data)
    guard failure == nil else { return }
    do {
      try buffer.withUnsafeReadableBytes { bytes in
        progress.received(bytes, for: session)
        try session.receive(bytes)
        session.answerLateData()
      }
    } catch {
      failure = error
    }
    watchProgress(context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // What nghttp2 itself wants to send (acknowledgements, window updates) leaves as well.
    flushSoon()
    endCycle()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { flushNow() }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    endCycle()
    finishClosed(error: failure)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if failure == nil { failure = error }
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ChannelEvent.inputClosed: context.close(promise: nil)
    case is ChannelShouldQuiesceEvent: drain()
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  private func endCycle() {
    guard isInCycle else { return }
    isInCycle = false
    loop.endCycle()
  }

  private func finishClosed(error: (any Error)?) {
    session.closeAll(errorCode: HTTP2ErrorCode.connectError)
    untaken?.release()
    record?.handler = nil
    owner.connectionClosed(self, error: error)
  }

  // MARK: Output

  func flushSoon() {
    if flushPending { return }
    flushPending = true
    loop.flushLater(self)
  }

  func flushNow() {
    flushPending = false
    // `writeAndFlush` calls `channelWritabilityChanged` synchronously, which comes back here.
    guard !isFlushing, let context, context.channel.isActive else { return }
    isFlushing = true
    defer { isFlushing = false }
    var hasMore = true
    var written = 0
    while hasMore, context.channel.isWritable {
      // What is said before a connection is closed leaves in one go.
      if written >= Self.turnSize, failure == nil {
        flushAfterReads(context)
        break
      }
      output.clear()
      do {
        hasMore = try session.drain(into: &output, limit: Self.writeSize)
      } catch {
        if failure == nil { failure = error }
        hasMore = false
      }
      if output.readableBytes == 0 { break }
      written += output.readableBytes
      context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    }
    accountOutput()
    let isDrained = isDraining && !hasMore && session.streams.isEmpty && session.isGoAwaySent
    if failure != nil || session.isFinished || isDrained { closeAfterWrites(context) }
  }

  /// Goes on once the loop has looked at its sockets.
  private func flushAfterReads(_ context: ChannelHandlerContext) {
    if flushPending { return }
    flushPending = true
    context.eventLoop.assumeIsolated().scheduleTask(in: LoopContext.lookingTime) { self.flushNow() }
  }

  private func closeAfterWrites(_ context: ChannelHandlerContext) {
    if isClosing { return }
    isClosing = true
    if context.channel.unsentBytes == 0 { return context.close(promise: nil) }
    let last = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: last)
    context.channel.close(
      after: last.futureResult, patience: session.configuration.limits.headerTimeout)
  }

  func close() {
    context?.close(promise: nil)
  }
}

extension HTTP2ConnectionHandler: HTTP2SessionDelegate {
  func session(_ session: HTTP2Session, handlerFor stream: HTTP2Stream) -> (any HTTP2StreamHandler)? {
    owner.connection(self, handlerFor: stream)
  }

  func sessionHasOutput(_ session: HTTP2Session) {
    // nghttp2 submits trailers from inside `mem_send`; the flush that runs picks them up.
    if !isFlushing { flushSoon() }
  }

  func sessionReceivedSettings(_ session: HTTP2Session) {
    owner.connectionReceivedSettings(self)
  }

  func session(
    _ session: HTTP2Session, receivedGoAway lastStreamID: Int32, errorCode: UInt32, debug: String
  ) {
    owner.connection(self, receivedGoAway: errorCode, debug: debug)
  }

  func session(_ session: HTTP2Session, endedFor error: HTTP2ConnectionError) {
    if failure == nil { failure = error }
  }

  func sessionReceivedPing(_ session: HTTP2Session) {
    enforcePings()
  }

  func session(_ session: HTTP2Session, receivedPingAck payload: UInt64) {
    if isDraining, payload == Self.drainPing {
      finishDrain()
    } else {
      owner.connection(self, receivedPingAck: payload)
    }
  }

  func session(_ session: HTTP2Session, closed stream: HTTP2Stream) {
    owner.connectionClosedStream(self)
    if isDraining { flushSoon() }
    if session.streams.isEmpty { clock.rests() }
  }
}
