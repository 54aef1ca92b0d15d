import NIOCore
import WeftHTTP2

/// What comes from the caller.
extension ServerCall: HTTP2StreamHandler {
  func receivedHead(on stream: HTTP2Stream) {
    entry.metrics.started()
    if let recorder { record(head: stream.head, in: recorder) }
    if case .streaming = entry.handler {
      let reader = RequestReader(self)
      self.reader = reader
      let bound = LoopBound(reader, on: connection.loop.eventLoop)
      requests = InboundQueue<ReceivedMessage> { cost in bound.execute { $0.call?.consumed(cost) } }
      begin()
    }
  }

  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    if isEnded { return stream.consume(data.count) }
    traffic.receivedBytes &+= data.count
    do {
      if case .unary(let handler) = entry.handler {
        try received(data, for: handler)
      } else {
        try receivedPart(data)
      }
    } catch {
      stream.consume(data.count)
      return end(RPCError(handlerError: error))
    }
    stream.consume(window.received(data.count, highWater: core.configuration.http.streamWindow))
  }

  /// The one message of a unary call. When the stream ends with it, as it nearly always does, it is decoded
  /// where it lies, in nghttp2's buffer. Otherwise its bytes are kept, and counted, until the end comes:
  /// decoded it could be many times as large.
  private func received(_ data: UnsafeRawBufferPointer, for handler: RPCRouter.UnaryHandler) throws {
    if request == nil, stream.dataEndsStream, let message = assembler.whole(data) {
      traffic.receivedMessages = 1
      recorder?.message(.clientMessage, message)
      unaryReply = try handler(message)
      return
    }
    try assemble(data) { message in
      if request != nil { throw RPCError(.internalError, "the caller sent more than one message") }
      charge(message.bytes.readableBytes)
      traffic.receivedMessages &+= 1
      recorder?.message(.clientMessage, message)
      request = message
    }
  }

  private func receivedPart(_ data: UnsafeRawBufferPointer) throws {
    try assemble(data) { message in
      let cost = message.bytes.readableBytes
      charge(cost)
      traffic.receivedMessages &+= 1
      recorder?.message(.clientMessage, message)
      window.queued(cost)
      requests?.push(message, cost: cost)
    }
  }

  private func assemble(_ data: UnsafeRawBufferPointer, _ emit: (ReceivedMessage) throws -> Void) throws {
    let before = assembler.pendingBytes
    try assembler.feed(data) { bytes, isCompressed in
      try emit(
        ReceivedMessage(
          bytes, isCompressed: isCompressed, head: requestFields,
          limit: core.configuration.maxRequestBytes))
    }
    charge(assembler.pendingBytes - before)
    try checkBuffered()
  }

  func received(trailers: HTTPFields, on stream: HTTP2Stream) {}

  func receivedEnd(on stream: HTTP2Stream) {
    if isEnded { return }
    recorder?.halfClose()
    do {
      try assembler.finish()
      if unaryReply == nil, let request, case .unary(let handler) = entry.handler {
        self.request = nil
        requestEncoding = request.encoding
        unaryReply = try request.unpacked().withUnsafeReadableBytes { try handler($0) }
      }
    } catch {
      return end(RPCError(handlerError: error))
    }
    if let requests { return requests.finish() }
    guard unaryReply != nil else {
      return end(RPCError(.internalError, "the caller sent no message"))
    }
    begin()
  }

  func becameWritable(_ stream: HTTP2Stream) {
    resumeWriter()
  }

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    releaseBuffered()
    reader?.call = nil
    if isEnded { return }
    isEnded = true
    recorder?.cancel()
    let error = RPCError(.cancelled, "the caller is gone")
    closeError = error
    account(error)
    if place == .waiting { givePlaceBackUnused() }
    stop(error)
  }
}

/// What a streaming call's queue of requests knows of the call. The call keeps its queue, so one of them has to let
/// go of the other when the stream is closed. On the loop only.
final class RequestReader {
  fileprivate(set) var call: ServerCall?

  init(_ call: ServerCall) {
    self.call = call
  }
}
