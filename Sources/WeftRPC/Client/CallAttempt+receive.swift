import NIOCore
import WeftHTTP2

extension CallAttempt: HTTP2StreamHandler {
  func receivedHead(on stream: HTTP2Stream) {
    let head = stream.head
    httpStatus = head.status
    self.head = head.fields
    if stream.headersTooLarge { return fail(CallFailure.tooManyFields, fromServer: false) }
    if head.fields.contains("grpc-status") {
      // Trailers-only: the status is in the head.
      trailerFields = head.fields
    } else if let failure = CallFailure(noGRPC: head, from: connection.address) {
      finish(failure)
      stream.reset(HTTP2ErrorCode.cancel)
    } else {
      recorder?.serverHeader(head.fields)
      initial.succeed(Metadata(received: head.fields))
      observer?.attemptHasReply(self)
    }
  }

  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    if isEnded { return stream.consume(data.count) }
    traffic.receivedBytes += data.count
    let (head, limit) = (head, assembler.maxMessageBytes)
    do {
      try assembler.feed(data) { bytes, isCompressed in
        let message = try ReceivedMessage(bytes, isCompressed: isCompressed, head: head, limit: limit)
        traffic.receivedMessages += 1
        recorder?.message(.serverMessage, message)
        window.queued(bytes.readableBytes)
        queue.push(message, cost: bytes.readableBytes)
      }
    } catch {
      stream.consume(data.count)
      return fail(RPCError(handlerError: error), fromServer: false)
    }
    window.received(data.count)
  }

  func received(trailers: HTTPFields, on stream: HTTP2Stream) {
    if stream.headersTooLarge { return fail(CallFailure.tooManyFields, fromServer: false) }
    trailerFields = trailers
  }

  func receivedEnd(on stream: HTTP2Stream) {
    if isEnded { return }
    let fields = trailerFields ?? HTTPFields()
    var error = RPCError.status(in: fields, httpStatus: httpStatus)
    if error == nil {
      do { try assembler.finish() } catch let broken { error = RPCError(handlerError: broken) }
    }
    end.withLock { $0 = Metadata(received: fields) }
    finish(error.map { CallFailure(status: $0, hasReply: hasReply, trailers: fields) })
    // The server may stop before it has taken everything (RFC 9113, 8.1).
    if !sendingFinished { stream.reset(HTTP2ErrorCode.noError) }
  }

  func becameWritable(_ stream: HTTP2Stream) {
    resumeWriter()
    observer?.attemptIsWritable(self)
  }

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    self.stream = nil
    if isEnded { return }
    finish(CallFailure(closed: stream, errorCode, on: connection, hasReply: hasReply))
  }

  var hasReply: Bool { head != nil && trailerFields == nil || initial.valueNow != nil }
}
