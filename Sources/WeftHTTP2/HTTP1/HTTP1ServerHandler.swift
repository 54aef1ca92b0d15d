import NIOCore
import NIOHTTP1

/// Serves HTTP/1.1 requests of one connection, one after another, with a responder.
///
/// SwiftNIO's pipeline handler in front of this one holds back pipelined requests until the answer
/// before them is complete.
final class HTTP1ServerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let responder: any HTTPResponder
  private let peer: PeerInfo
  private let limits: HTTPLimits
  private let loop: LoopContext
  private var context: ChannelHandlerContext?
  private var exchange: HTTPExchange?
  private var requestEnded = true
  private var responseEnded = true
  private var keepAlive = true
  private var hasBody = true
  private var isWriting = false
  private var unreadBytes = 0
  private var timer: Scheduled<Void>?
  private var isDraining = false

  init(responder: any HTTPResponder, peer: PeerInfo, limits: HTTPLimits, loop: LoopContext) {
    self.responder = responder
    self.peer = peer
    self.limits = limits
    self.loop = loop
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    startTimer(limits.headerTimeout)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    exchange?.closed(HTTPStreamClosed(errorCode: nil))
    exchange = nil
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): received(head, context)
    case .body(let part): received(part, context)
    case .end:
      requestEnded = true
      exchange?.body.finish()
      finishIfComplete()
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { exchange?.becameWritable() }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // SwiftNIO's error handler in front of this one has answered 400 to what is no HTTP.
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      isDraining = true
      if requestEnded, responseEnded { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: Request

  private func received(_ head: HTTPRequestHead1, _ context: ChannelHandlerContext) {
    timer?.cancel()
    requestEnded = false
    responseEnded = false
    unreadBytes = 0
    keepAlive = head.isKeepAlive && !isDraining
    hasBody = head.method != .HEAD
    var fields = HTTPFields()
    var size = 0
    for (name, value) in head.headers {
      size += name.utf8.count + value.utf8.count + 32
      fields.add(name, value)
    }
    let bound = LoopBound(self, on: loop.eventLoop)
    let queue = InboundQueue<ByteBuffer> { count in bound.execute { $0.consumed(count) } }
    let exchange = HTTPExchange(loop: loop, sink: self, body: queue)
    self.exchange = exchange
    if size > limits.maxHeaderBytes || fields.count > limits.maxHeaderCount {
      keepAlive = false
      send(status: 431, fields: ["content-length": "0"])
      finish(trailers: [:])
      return
    }
    if fields["expect"]?.lowercased() == "100-continue" {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
    exchange.start(
      responder,
      HTTPRequestHead(
        method: head.method.rawValue, target: head.uri, scheme: peer.isTLS ? "https" : "http",
        authority: fields["host"], version: .http1, fields: fields, peer: peer))
  }

  private func received(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
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

  private func resumeReading() {
    context?.channel.setOption(.autoRead, value: true).whenFailure { _ in }
  }

  // MARK: Ending

  private func finishIfComplete() {
    guard requestEnded, responseEnded, let context else { return }
    if isDraining || !keepAlive { return context.close(promise: nil) }
    startTimer(limits.idleTimeout)
  }

  private func startTimer(_ time: TimeAmount) {
    guard let context else { return }
    timer?.cancel()
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: time) { bound.value.context?.close(promise: nil) }
  }
}

private typealias HTTPRequestHead1 = NIOHTTP1.HTTPRequestHead

extension HTTP1ServerHandler: HTTPResponseSink {
  var isWritable: Bool { context?.channel.isWritable ?? false }

  func send(status: Int, fields: HTTPFields) {
    guard let context else { return }
    var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status))
    for field in fields { head.headers.add(name: field.name, value: field.value) }
    if !keepAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
    write(.head(head), context)
  }

  func send(body: ByteBuffer) {
    guard let context, hasBody, body.readableBytes > 0 else { return }
    write(.body(.byteBuffer(body)), context)
    flushSoon()
  }

  func finish(trailers: HTTPFields) {
    guard let context, !responseEnded else { return }
    responseEnded = true
    var headers: HTTPHeaders?
    for field in trailers { headers = headers ?? [:]; headers?.add(name: field.name, value: field.value) }
    if !requestEnded {
      // The rest of the request is not wanted: the connection cannot be used for another one.
      keepAlive = false
    }
    if keepAlive {
      context.writeAndFlush(wrapOutboundOut(.end(headers)), promise: nil)
      resumeReading()
    } else {
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      context.writeAndFlush(wrapOutboundOut(.end(headers))).whenComplete { _ in
        bound.value.close(promise: nil)
      }
    }
    finishIfComplete()
  }

  func abort() {
    context?.close(promise: nil)
  }

  func discardRequest() {
    exchange = nil
  }

  private func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(part), promise: nil)
    flushSoon()
  }

  private func flushSoon() {
    if isWriting { return }
    isWriting = true
    loop.flushLater(self)
  }
}

extension HTTP1ServerHandler: LoopFlushable {
  func flushNow() {
    isWriting = false
    context?.flush()
  }
}
