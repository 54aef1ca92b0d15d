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
      stream.send(head: 431, fields: ["content-length": "0"], endStream: true)
      stream.reset(HTTP2ErrorCode.noError)
      return
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

  func discardRequest() {
    // What still comes is consumed and dropped: a reset here could overtake the answer.
    exchange = nil
  }
}
