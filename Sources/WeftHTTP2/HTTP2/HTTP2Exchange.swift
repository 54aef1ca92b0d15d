import NIOCore

/// An HTTP request on an HTTP/2 stream that a responder answers.
final class HTTP2Exchange: HTTP2StreamHandler, HTTPResponseSink {
  private let stream: HTTP2Stream
  private let connection: HTTP2ConnectionContext
  private let responder: any HTTPResponder
  private var exchange: HTTPExchange?
  private var endReceived = false

  init(stream: HTTP2Stream, connection: HTTP2ConnectionContext, responder: any HTTPResponder) {
    self.stream = stream
    self.connection = connection
    self.responder = responder
  }

  // MARK: Receiving

  func receivedHead(on stream: HTTP2Stream) {
    let head = stream.head
    if stream.headersTooLarge {
      let text = ByteBuffer(string: HTTPLimits.headersTooLarge)
      stream.send(head: 431, fields: HTTPFields.plainText(text.readableBytes))
      stream.send(data: text)
      stream.finish()
      return discardRequest()
    }
    let bound = LoopBound(stream, on: connection.loop.eventLoop)
    let queue = InboundQueue<ByteBuffer> { count in bound.execute { $0.consume(count) } }
    let exchange = HTTPExchange(loop: connection.loop, sink: self, body: queue)
    self.exchange = exchange
    exchange.start(
      responder,
      HTTPRequestHead(
        method: head.method, target: head.path, scheme: head.scheme,
        authority: head.authority.isEmpty ? head.fields["host"] : head.authority, version: .http2,
        fields: head.fields, peer: connection.peer))
  }

  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    guard let exchange else { return stream.consume(data.count) }
    exchange.body.push(ByteBuffer(bytes: data), cost: data.count)
  }

  func received(trailers: HTTPFields, on stream: HTTP2Stream) {}

  func receivedEnd(on stream: HTTP2Stream) {
    endReceived = true
    exchange?.body.finish()
  }

  func becameWritable(_ stream: HTTP2Stream) {
    exchange?.becameWritable()
  }

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    exchange?.closed(HTTPStreamClosed(errorCode: errorCode))
    exchange = nil
  }

  // MARK: Sending

  var isWritable: Bool { stream.isWritable }

  func send(status: Int, fields: HTTPFields) {
    stream.send(head: status, fields: fields)
  }

  func send(body: ByteBuffer) {
    stream.send(data: body)
  }

  func finish(trailers: HTTPFields) {
    stream.finish(trailers: trailers.isEmpty ? nil : trailers)
  }

  func abort() {
    stream.reset(HTTP2ErrorCode.internalError)
  }

  func discardRequest(of exchange: HTTPExchange) {
    discardRequest()
  }

  private func discardRequest() {
    exchange = nil
    // Asks the peer to stop sending, once the answer has left (RFC 9113, 8.1). What comes until then is
    // consumed and dropped.
    if !endReceived { stream.reset(afterOutput: HTTP2ErrorCode.noError) }
  }
}
