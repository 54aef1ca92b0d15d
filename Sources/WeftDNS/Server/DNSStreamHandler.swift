import NIOCore

/// DNS over TCP (RFC 1035, section 4.2.2; RFC 7766): messages with their length in two bytes before them, as many
/// on a connection as the client likes, answered in their order.
final class DNSStreamHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  private let responder: DNSResponder
  private let limits: DNSServerLimits
  private let metrics: DNSMetrics
  private var received = ByteBuffer()
  /// By the loop's clock.
  private var lastQuery = NIODeadline.uptimeNanoseconds(0)
  private var idleCheck: Scheduled<Void>?
  /// A read that waits until the client has taken its answers.
  private var isReadHeld = false
  private var hasInputEnded = false
  private var isClosing = false

  init(responder: DNSResponder, limits: DNSServerLimits, metrics: DNSMetrics) {
    self.responder = responder
    self.limits = limits
    self.metrics = metrics
  }

  func channelActive(context: ChannelHandlerContext) {
    lastQuery = context.eventLoop.now
    scheduleIdleCheck(context, in: limits.idleTimeout)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    idleCheck?.cancel()
    context.fireChannelInactive()
  }

  func read(context: ChannelHandlerContext) {
    if context.channel.isWritable { context.read() } else { isReadHeld = true }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    if received.readableBytes == 0 { received = part } else { received.writeBuffer(&part) }
    answerWhatIsThere(context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      answerWhatIsThere(context)
      context.flush()
      if isReadHeld, context.channel.isWritable {
        isReadHeld = false
        context.read()
      }
    }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      hasInputEnded = true
      answerWhatIsThere(context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Stops while the client does not take its answers: what it asked further waits, bounded by one read.
  private func answerWhatIsThere(_ context: ChannelHandlerContext) {
    while !isClosing, context.channel.isWritable,
      let length = received.getInteger(at: received.readerIndex, as: UInt16.self)
    {
      guard (DNSHeader.bytes...limits.queryBytes).contains(Int(length)) else {
        metrics.ignored.add()
        return close(context)
      }
      guard received.readableBytes >= 2 + Int(length) else { break }
      received.moveReaderIndex(forwardBy: 2)
      let bytes = received.readBytes(length: Int(length)) ?? []
      lastQuery = context.eventLoop.now
      guard let answer = responder.answer(bytes, over: .tcp) else {
        metrics.ignored.add()
        return close(context)
      }
      metrics.count(answer.code, over: .tcp)
      var data = context.channel.allocator.buffer(capacity: 2 + answer.bytes.count)
      data.writeInteger(UInt16(clamping: answer.bytes.count))
      data.writeBytes(answer.bytes)
      context.write(wrapOutboundOut(data), promise: nil)
    }
    received.discardReadBytes()
    if hasInputEnded, context.channel.isWritable { close(context) }
  }

  /// Closes once the answers so far are on their way.
  private func close(_ context: ChannelHandlerContext) {
    guard !isClosing else { return }
    isClosing = true
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
  }

  private func scheduleIdleCheck(_ context: ChannelHandlerContext, in time: TimeAmount) {
    idleCheck = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
      let idle = context.eventLoop.now - self.lastQuery
      if idle >= self.limits.idleTimeout {
        context.close(promise: nil)
      } else {
        self.scheduleIdleCheck(context, in: self.limits.idleTimeout - idle)
      }
    }
  }
}
