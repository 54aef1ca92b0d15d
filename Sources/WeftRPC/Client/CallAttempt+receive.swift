import NIOCore
import WeftHTTP2

extension CallAttempt: HTTP2StreamHandler {
  func receivedHead(on stream: HTTP2Stream) {
    let head = stream.head
    httpStatus = head.status
    self.head = head.fields
    if stream.headersTooLarge { return fail(Self.tooManyFields, fromServer: false) }
    if head.fields.contains("grpc-status") {
      // Trailers-only: the status is in the head.
      trailerFields = head.fields
    } else if head.status != 200 || !GRPCFields.isGRPC(head.fields["content-type"] ?? "") {
      let what = head.fields["content-type"].map { ", content type \"\($0.prefix(64))\"" } ?? ""
      let code = head.status == 200 ? StatusCode.unknown : StatusCode(httpStatus: head.status)
      let error = RPCError(
        code, "\(connection.address) answered HTTP status \(head.status)\(what), not gRPC")
      // A proxy that has no backend, mostly: no reply of the service, so another attempt may follow.
      finish(CallFailure(error: error, isUnprocessed: false, hasReply: false, isFromServer: true))
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
    stream.consume(window.received(data.count, highWater: windowSize))
  }

  func received(trailers: HTTPFields, on stream: HTTP2Stream) {
    if stream.headersTooLarge { return fail(Self.tooManyFields, fromServer: false) }
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
    finish(
      error.map {
        CallFailure(
          error: $0, isUnprocessed: false, hasReply: hasReply, isFromServer: true,
          pushback: RetryPushback(trailers: fields))
      })
    // The server may stop before it has taken everything (RFC 9113, 8.1).
    if !sendingFinished { stream.reset(HTTP2ErrorCode.noError) }
  }

  func becameWritable(_ stream: HTTP2Stream) {
    writeWaiter?.resume()
    writeWaiter = nil
    observer?.attemptIsWritable(self)
  }

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    self.stream = nil
    if isEnded { return }
    let isRefused = errorCode == HTTP2ErrorCode.refusedStream
    let error: RPCError
    if stream.headTooLargeToSend {
      error = RPCError(.resourceExhausted, "the call's metadata is too large to be sent")
    } else if errorCode == HTTP2ErrorCode.connectError {
      error = RPCError(.unavailable, "the connection to \(connection.address) ended during the call")
    } else {
      error = RPCError(
        StatusCode(http2Error: errorCode),
        "\(connection.address) reset the call with HTTP/2 error code \(errorCode)")
    }
    finish(CallFailure(error: error, isUnprocessed: isRefused, hasReply: hasReply, isFromServer: false))
  }

  var hasReply: Bool { head != nil && trailerFields == nil || initial.valueNow != nil }

  private static let tooManyFields = RPCError(
    .resourceExhausted, "the server's metadata is larger than the limit")
}
