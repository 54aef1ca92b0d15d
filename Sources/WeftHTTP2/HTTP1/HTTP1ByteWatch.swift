import NIOCore

/// Sees a connection's bytes outside of SwiftNIO's codec, which tells nothing of a head until all of it is there, and
/// not how much an answer comes to.
final class HTTP1ByteWatch: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Asked whether bytes begin a head. Each holds the other while both are in the pipeline.
  var owner: HTTP1ServerHandler?
  /// Whether bytes have come that belong to no whole head yet.
  private(set) var isInHead = false
  /// Bytes of answers.
  private(set) var written: UInt64 = 0
  private var isRefused = false
  private var context: ChannelHandlerContext?

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isRefused { return }
    if !isInHead { isInHead = owner?.bytesBeginHead() ?? false }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    written &+= UInt64(unwrapOutboundIn(data).readableBytes)
    context.write(data, promise: promise)
  }

  func headEnded() {
    isInHead = false
  }

  /// Answers a head that is not whole, and drops whatever else comes.
  ///
  /// Written in front of SwiftNIO's pipeline handler, which takes no answer to what is no request yet.
  func refuse(status: String, _ reason: String) -> EventLoopFuture<Void>? {
    guard let context, !isRefused else { return nil }
    isRefused = true
    let answer = """
      HTTP/1.1 \(status)\r
      content-type: text/plain; charset=utf-8\r
      content-length: \(reason.utf8.count)\r
      connection: close\r
      \r
      \(reason)
      """
    return context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)))
  }
}
