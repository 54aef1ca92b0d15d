import NIOCore
import NIOHTTP1

/// The answers.
extension HTTP1ServerHandler: HTTPResponseSink {
  var isWritable: Bool { context?.channel.isWritable ?? false }

  func send(status: Int, fields: HTTPFields) {
    guard let context, !responseEnded else { return }
    headSent = true
    var head = HTTPResponseHead(version: framing.version, status: HTTPResponseStatus(statusCode: status))
    for field in fields { head.headers.add(name: field.name, value: field.value) }
    if !framing.apply(to: &head) { keepAlive = false }
    if !keepAlive {
      head.headers.replaceOrAdd(name: "connection", value: "close")
    } else if framing.version == .http1_0 {
      head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
    }
    write(.head(head), context)
  }

  func send(body: ByteBuffer) {
    guard let context, !responseEnded, framing.allowsBody, body.readableBytes > 0 else { return }
    write(.body(.byteBuffer(body)), context)
  }

  func finish(trailers: HTTPFields) {
    guard let context, !responseEnded else { return }
    var headers: HTTPHeaders?
    for field in trailers { headers = headers ?? [:]; headers?.add(name: field.name, value: field.value) }
    if !requestEnded {
      endAndDiscard(headers, context)
    } else if keepAlive {
      endAnswer(headers, context)
    } else {
      responseEnded = true
      let end = context.eventLoop.makePromise(of: Void.self)
      context.writeAndFlush(wrapOutboundOut(.end(headers)), promise: end)
      context.channel.close(after: end.futureResult, patience: limits.headerTimeout)
    }
  }

  /// Ends an answer whose request has not ended. What still comes is read and dropped for a while: closing
  /// at once would make the peer's kernel throw the answer away (RFC 9112, 9.6).
  func endAndDiscard(_ trailers: HTTPHeaders?, _ context: ChannelHandlerContext) {
    responseEnded = true
    let end = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: end)
    if !keepAlive {
      lastWrite = end.futureResult
      let channel = context.channel
      end.futureResult.whenSuccess { channel.close(mode: .output, promise: nil) }
    }
    resumeReading()
    startTimer(limits.headerTimeout)
  }

  func abort() {
    context?.close(promise: nil)
  }

  func discardRequest(of exchange: HTTPExchange) {
    // The next request may be served already.
    if self.exchange === exchange { self.exchange = nil }
  }

  func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(part), promise: nil)
    if isWriting { return }
    isWriting = true
    loop.flushLater(self)
  }
}

extension HTTP1ServerHandler: LoopFlushable {
  func flushNow() {
    isWriting = false
    context?.flush()
    accountOutput()
  }
}

/// How the end of an answer is shown (RFC 9112, 6.3).
struct HTTP1Framing {
  var isHead = false
  /// Of the answer; clients of HTTP/1.0 know no chunks.
  private(set) var version = NIOHTTP1.HTTPVersion.http1_1
  private(set) var allowsBody = true

  init() {}

  init(isHead: Bool, version: NIOHTTP1.HTTPVersion) {
    self.isHead = isHead
    self.version = (version.major, version.minor) >= (1, 1) ? .http1_1 : .http1_0
  }

  /// Makes the head fit the body that may follow.
  ///
  /// - Returns: false when only the end of the connection shows the end of the answer.
  mutating func apply(to head: inout HTTPResponseHead) -> Bool {
    head.headers.remove(name: "transfer-encoding")
    guard head.status.mayHaveResponseBody else {
      head.headers.remove(name: "content-length")
      allowsBody = false
      return true
    }
    allowsBody = !isHead
    if isHead || head.headers.contains(name: "content-length") { return true }
    if version == .http1_0 { return false }
    head.headers.add(name: "transfer-encoding", value: "chunked")
    return true
  }
}
