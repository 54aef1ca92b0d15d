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
  private var context: ChannelHandlerContext?
  private var output = ByteBuffer()
  private var isFlushing = false
  private var flushPending = false
  private var isInCycle = false
  private var failure: (any Error)?
  private var isDraining = false
  private var progress: ProgressWatch
  private var isClosing = false
  private var idle: IdleWatch?

  /// Bytes of one write. The rest waits in the session, where flow control and priorities see it.
  private static let writeSize = 128 << 10
  private static let drainPing: UInt64 = 0x7765_6674_6472_6169
  /// How long the peer's answer to that is waited for.
  private static let drainPatience = TimeAmount.seconds(1)

  /// - Parameter idleTimeout: how long the connection is kept while no stream is open; nil for ever.
  init(
    session: HTTP2Session, loop: LoopContext, owner: any HTTP2ConnectionOwner, idleTimeout: TimeAmount? = nil
  ) {
    idle = idleTimeout.map(IdleWatch.init)
    self.session = session
    self.loop = loop
    self.owner = owner
    progress = ProgressWatch(role: session.configuration.role)
    session.delegate = self
  }

  deinit {
    session.delegate = nil
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { flushSoon() }
    // A client that never begins is one that does not finish its preface.
    watchProgress(context)
    if let idle { watchIdle(context, in: idle.timeout) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    flushSoon()
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isInCycle {
      isInCycle = true
      loop.beginCycle()
    }
    let buffer = unwrapInboundIn(data)
    guard failure == nil else { return }
    do {
      try buffer.withUnsafeReadableBytes { bytes in
        progress.received(bytes)
        try session.receive(bytes)
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
    owner.connectionClosed(self, error: error)
  }

  // MARK: Output

  private func flushSoon() {
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
    while hasMore, context.channel.isWritable {
      output.clear()
      do {
        hasMore = try session.drain(into: &output, limit: Self.writeSize)
      } catch {
        if failure == nil { failure = error }
        hasMore = false
      }
      if output.readableBytes == 0 { break }
      context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    }
    let isDrained = isDraining && !hasMore && session.streams.isEmpty && session.isGoAwaySent
    if failure != nil || session.isFinished || isDrained { closeAfterWrites(context) }
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

  // MARK: Ending

  /// Takes no new streams, lets those that run finish, then closes (RFC 9113, 6.8).
  func drain() {
    if isDraining { return }
    isDraining = true
    // A first GOAWAY names no last stream; the second follows when the peer has certainly seen the
    // first, so that streams on their way meanwhile are still served.
    session.submitShutdownNotice()
    session.submitPing(Self.drainPing)
    guard let context else { return }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.drainPatience) { bound.value.finishDrain() }
  }

  /// Names the last stream. Without streams the connection closes with that.
  private func finishDrain() {
    if context != nil, !session.isGoAwaySent { session.submitGoAway() }
  }

  func close() {
    context?.close(promise: nil)
  }

  // MARK: Peers that rest

  private func watchIdle(_ context: ChannelHandlerContext, in time: TimeAmount) {
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: time) { bound.value.checkIdle() }
  }

  private func checkIdle() {
    guard let context, let idle, !isDraining else { return }
    let left = idle.timeLeft(isBusy: !session.streams.isEmpty)
    if left > .zero { return watchIdle(context, in: left) }
    isDraining = true
    session.submitGoAway()
  }

  // MARK: Peers that trickle

  private func watchProgress(_ context: ChannelHandlerContext) {
    guard !progress.isWatching, failure == nil, progress.isInside(session) else { return }
    progress.start(session)
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: session.configuration.limits.headerTimeout) {
      bound.value.checkProgress()
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
    if session.streams.isEmpty { idle?.rests() }
  }
}
