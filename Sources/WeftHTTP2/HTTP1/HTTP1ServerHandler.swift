import NIOCore
import NIOHTTP1

/// Serves HTTP/1.1 requests of one connection, one after another, with a responder.
///
/// SwiftNIO's pipeline handler in front of this one holds back pipelined requests until the answer
/// before them is complete, and ends the connection when the server drains.
final class HTTP1ServerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  let limits: HTTPLimits
  let loop: LoopContext
  private let responder: any HTTPResponder
  let peer: PeerInfo
  private(set) var context: ChannelHandlerContext?
  var exchange: HTTPExchange?
  private(set) var requestEnded = true
  var responseEnded = true
  var headSent = false
  var keepAlive = true
  /// What the answer may carry and how, as the request's method and version want it.
  var framing = HTTP1Framing()
  var isWriting = false
  /// The end of an answer, when the next request has to wait for it.
  var heldEnd: HeldEnd?
  /// Answers since bytes last came.
  var answersInTurn = 0
  var untaken: UntakenOutput
  /// The end of an answer that ends the connection.
  var lastWrite: EventLoopFuture<Void>?
  private var unreadBytes = 0
  private var timer: Scheduled<Void>?
  let byteWatch = HTTP1ByteWatch()

  init(
    responder: any HTTPResponder, peer: PeerInfo, limits: HTTPLimits, loop: LoopContext, budget: ByteBudget
  ) {
    untaken = UntakenOutput(budget: budget)
    self.responder = responder
    self.peer = peer
    self.limits = limits
    self.loop = loop
  }

  /// Adds a handler and what it needs in front of it.
  static func install(
    _ handler: HTTP1ServerHandler, in pipeline: ChannelPipeline.SynchronousOperations
  ) throws {
    var encoding = HTTPResponseEncoder.Configuration()
    // SwiftNIO's does not know that an answer to HEAD has no body.
    encoding.automaticallySetFramingHeaders = false
    var decoding = NIOHTTPDecoderLimitConfiguration()
    decoding.maxHeaderFieldSize = handler.limits.maxHeaderBytes
    decoding.maxHeaderListSize = handler.limits.maxHeaderBytes
    decoding.maxHeaderFieldCount = handler.limits.maxHeaderCount
    try pipeline.addHandler(handler.byteWatch)
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: false,
      withEncoderConfiguration: encoding, withDecoderLimitConfiguration: decoding)
    try pipeline.addHandler(handler)
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    byteWatch.owner = self
    startTimer(limits.headerTimeout) { $0.headTimedOut() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    byteWatch.owner = nil
    untaken.release()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    heldEnd = nil
    untaken.release()
    endExchange()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): received(head, context)
    case .body(let part): received(part, context)
    case .end:
      requestEnded = true
      exchange?.body.finish()
      // After an answer that ends the connection, there is nothing left to wait for.
      if responseEnded, let lastWrite {
        context.channel.close(after: lastWrite, patience: limits.headerTimeout)
      }
      finishIfComplete()
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    accountOutput()
    if context.channel.isWritable {
      exchange?.becameWritable()
      releaseEnd()
    }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error as? HTTPParserError {
    // Something follows the last request of a connection, whose answer ends it all the same.
    case .closedConnection: break
    case nil, .invalidEOFState: context.close(promise: nil)
    case .headerOverflow: refuse(431, HTTPLimits.headersTooLarge)
    case .some(let error): refuse(400, "the request is not valid HTTP/1.1: \(error)\n")
    }
  }

  // MARK: Request

  private func received(_ head: NIOHTTP1.HTTPRequestHead, _ context: ChannelHandlerContext) {
    timer?.cancel()
    byteWatch.headEnded()
    requestEnded = false
    responseEnded = false
    headSent = false
    unreadBytes = 0
    keepAlive = head.isKeepAlive
    framing = HTTP1Framing(isHead: head.method == .HEAD, version: head.version)
    var fields = HTTPFields()
    var size = 0
    for (name, value) in head.headers {
      size += name.utf8.count + value.utf8.count + 32
      fields.add(name, value)
    }
    if size > limits.maxHeaderBytes || fields.count > limits.maxHeaderCount {
      return refuse(431, HTTPLimits.headersTooLarge)
    }
    // RFC 9112, 3.2.
    let hosts = fields.values("host").count
    if hosts > 1 || (hosts == 0 && framing.version == .http1_1) {
      return refuse(400, "the request has \(hosts) Host fields instead of one\n")
    }
    if fields["expect"]?.lowercased() == "100-continue", framing.version == .http1_1 {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
    let bound = LoopBound(self, on: loop.eventLoop)
    let queue = InboundQueue<ByteBuffer> { count in bound.execute { $0.consumed(count) } }
    let exchange = HTTPExchange(loop: loop, sink: self, body: queue)
    self.exchange = exchange
    let (target, authority) = HTTP1Target.origin(of: head.uri)
    exchange.start(
      responder,
      HTTPRequestHead(
        method: head.method.rawValue, target: target, scheme: peer.isTLS ? "https" : "http",
        authority: authority ?? fields["host"], version: .http1, fields: fields, peer: peer))
  }

  private func received(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
    // What comes after the answer is dropped.
    guard let exchange, !responseEnded else { return }
    unreadBytes += part.readableBytes
    exchange.body.push(part, cost: part.readableBytes)
    if unreadBytes >= limits.streamWindow {
      context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
    }
  }

  private func consumed(_ count: Int) {
    let wasFull = unreadBytes >= limits.streamWindow
    unreadBytes -= count
    if wasFull, unreadBytes < limits.streamWindow { resumeReading() }
  }

  func resumeReading() {
    context?.channel.setOption(.autoRead, value: true).whenFailure { _ in }
  }

  // MARK: Ending

  /// Answers what is no request, and ends the connection.
  private func refuse(_ status: Int, _ reason: String) {
    endExchange()
    // Half an answer cannot be taken back, and one that was given is not followed by another.
    guard let context, responseEnded ? requestEnded : !headSent else {
      self.context?.close(promise: nil)
      return
    }
    responseEnded = false
    headSent = false
    keepAlive = false
    framing = HTTP1Framing()
    let text = ByteBuffer(string: reason)
    send(status: status, fields: HTTPFields.plainText(text.readableBytes))
    send(body: text)
    // The rest of what the peer sends may still be on its way.
    endAndDiscard(nil, context)
  }

  private func endExchange() {
    exchange?.closed(HTTPStreamClosed(errorCode: nil))
    exchange = nil
  }

  func finishIfComplete() {
    guard requestEnded, responseEnded, keepAlive else { return }
    if byteWatch.isInHead {
      startTimer(limits.headerTimeout) { $0.headTimedOut() }
    } else {
      startTimer(limits.idleTimeout)
    }
  }

  /// Ends the connection after a time, or does something else then.
  func startTimer(
    _ time: TimeAmount, _ action: @escaping (HTTP1ServerHandler) -> Void = { $0.context?.close(promise: nil) }
  ) {
    guard let context else { return }
    timer?.cancel()
    let bound = NIOLoopBound((self, action), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: time) {
      let (handler, action) = bound.value
      action(handler)
    }
  }

  // MARK: Time for a head

  /// Bytes have come. When they begin a further request, its head has as long as the first one had, from the
  /// end of the answer before it on.
  ///
  /// - Returns: whether they belong to a head.
  func bytesBeginHead() -> Bool {
    answersInTurn = 0
    guard requestEnded, keepAlive else { return false }
    if responseEnded { startTimer(limits.headerTimeout) { $0.headTimedOut() } }
    return true
  }

  private func headTimedOut() {
    guard let context, byteWatch.isInHead, requestEnded, responseEnded, keepAlive else {
      // A connection that said nothing is owed no answer.
      self.context?.close(promise: nil)
      return
    }
    let seconds = Double(limits.headerTimeout.nanoseconds) / 1e9
    let reason = "the request's head did not come within the limit of \(seconds) s\n"
    let channel = context.channel
    byteWatch.refuse(status: "408 Request Timeout", reason)?.whenSuccess {
      channel.close(mode: .output, promise: nil)
    }
    keepAlive = false
    startTimer(limits.headerTimeout)
  }
}
