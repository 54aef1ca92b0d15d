import NIOCore
import WeftHTTP2

/// One attempt at a call with one message each way: all that such a call needs and no more. Calls of other
/// kinds make ``CallAttempt``s.
class UnaryAttempt: @unchecked Sendable {
  // Sound as `Sendable`: constants may be used anywhere; the rest is touched on the connection's loop only
  // until the caller is resumed, and by the caller only after that.

  let plan: CallPlan
  let pick: Pick
  private let framed: ByteBuffer
  private let maker: AttemptMaker
  private let previousAttempts: Int
  private let span: CallSpan?
  /// Keeps the attempt in a binary log; nil for nearly all.
  private let recorder: CallRecorder?
  private let start = NIODeadline.now()
  /// The caller, on its way to the loop.
  private var comes: UnsafeContinuation<Void, Never>?
  private var caller: UnsafeContinuation<Void, Never>?

  private var stream: HTTP2Stream?
  private var assembler: MessageAssembler
  private var timer: Scheduled<Void>?
  private var traffic = CallTraffic()
  private(set) var head: HTTPFields?
  private(set) var trailers = HTTPFields()
  private var httpStatus = 0
  private var isOK = false
  private var isTrailersOnly = false
  private var isEnded = false
  /// The message, when it did not come in one piece or is packed.
  private var assembled: ReceivedMessage?
  private var takingFailed: (any Error)?
  /// Nil when the status was OK.
  private(set) var failure: CallFailure?

  init(_ plan: CallPlan, _ framed: ByteBuffer, _ maker: AttemptMaker, _ pick: Pick, previousAttempts: Int) {
    self.plan = plan
    self.framed = framed
    self.maker = maker
    self.pick = pick
    self.previousAttempts = previousAttempts
    span = plan.span?.client(plan.method.path)
    recorder = maker.core.options.binaryLog?.recorder(for: plan.method.path, .client)
    assembler = MessageAssembler(maxMessageBytes: plan.maxResponseBytes)
  }

  private var connection: HTTP2ClientConnection { pick.connection }

  /// Takes the reply, whose bytes end with the call. For subclasses, who keep it.
  func take(_ message: UnsafeRawBufferPointer) throws {}

  /// How the reply was packed.
  var encoding: MessageEncoding { assembled?.encoding ?? .identity }

  /// Makes the attempt. What came of it is in ``failure`` and in the subclass.
  nonisolated(nonsending) func run() async {
    plan.shared.metrics.attempts.started()
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        // Handed to the loop with the attempt itself.
        comes = continuation
        connection.loop.visit(self)
      }
    } onCancel: {
      connection.loop.eventLoop.execute { self.fail(RPCError(.cancelled, "the call was cancelled")) }
    }
  }

  /// After an attempt that succeeded.
  ///
  /// - Throws: ``RPCError`` when there is no message, or one that cannot be read.
  func finishTaking() throws {
    if let takingFailed { throw takingFailed }
    if let assembled {
      try assembled.unpacked().withUnsafeReadableBytes { try take($0) }
    } else if traffic.receivedMessages == 0 {
      throw RPCError(.internalError, "the server ended the call without a message")
    }
  }

  // MARK: On the loop

  private func fail(_ error: RPCError) {
    end(CallFailure(error: error, isUnprocessed: false, hasReply: hasReply, isFromServer: false))
    stream?.reset(HTTP2ErrorCode.cancel)
  }

  private func end(_ failure: CallFailure?) {
    if isEnded { return }
    isEnded = true
    timer?.cancel()
    timer = nil
    self.failure = failure
    let code = failure?.error.code ?? .ok
    recorder?.ended(failure, trailers)
    pick.ended(failure)
    let nanoseconds = plan.shared.metrics.attempts.ended(code, since: start, traffic)
    connection.record.calls.ended(failure == nil, traffic, since: start, nanoseconds)
    span?.callEnded(code, failure?.error.message ?? "", peer: pick.subchannel.endpoint.text)
    caller.take()?.resume()
  }

  /// Part of a reply has come.
  private var hasReply: Bool { head != nil && !isTrailersOnly }
}

extension UnaryAttempt: LoopVisitor {
  /// Opens the stream and sends the message.
  func visit() {
    // A call that was cancelled already has ended before it begins.
    if isEnded {
      comes.take()?.resume()
      return
    }
    caller = comes.take()
    let more = maker.fields(plan, previousAttempts, span)
    let stream = connection.openStream(plan.shared, more: more, handler: self) {
      maker.usualHead(plan, on: pick)
    }
    guard let stream else { return end(CallFailure(notBegunOn: connection)) }
    self.stream = stream
    if let recorder { record(more, in: recorder) }
    traffic.sent(framed: framed.readableBytes)
    stream.send(data: framed)
    stream.finish()
    if let deadline = plan.deadline {
      let left = max(deadline - ContinuousClock.now, .zero)
      timer = connection.loop.eventLoop.scheduleTask(in: TimeAmount(left)) {
        self.fail(CallFailure.deadlinePassed(at: self.connection, hasAnswered: self.head != nil))
      }
    }
  }
}

extension UnaryAttempt {
  private func record(_ more: HTTPFields?, in recorder: CallRecorder) {
    var head = maker.usualHead(plan, on: pick)
    for field in more ?? HTTPFields() { head.fields.add(field.name, field.value) }
    recorder.clientHeader(
      method: head.path, authority: head.authority, timeout: plan.deadline.map { $0 - .now },
      fields: head.fields, peer: connection.address)
    recorder.message(.clientMessage, framed: framed, plan.encoding)
    recorder.halfClose()
  }
}

extension UnaryAttempt: HTTP2StreamHandler {
  func receivedHead(on stream: HTTP2Stream) {
    if isEnded { return }
    httpStatus = stream.head.status
    let version = stream.head.fieldsVersion
    if version == connection.usualHead, httpStatus == 200, !stream.headersTooLarge {
      head = stream.head.fields
      recorder?.serverHeader(stream.head.fields)
      return
    }
    if stream.headersTooLarge { return fail(CallFailure.tooManyFields) }
    if stream.head.fields.contains("grpc-status") {
      head = stream.head.fields
      isTrailersOnly = true
      trailers = stream.head.fields
    } else if let failure = CallFailure(noGRPC: stream.head, from: connection.address) {
      end(failure)
      stream.reset(HTTP2ErrorCode.cancel)
    } else {
      head = stream.head.fields
      recorder?.serverHeader(stream.head.fields)
      connection.usualHead = version
    }
  }

  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    // One message, whose bytes are limited: nothing waits for a reader.
    stream.consume(data.count)
    if isEnded { return }
    traffic.receivedBytes &+= data.count
    if recorder == nil, traffic.receivedMessages == 0, let message = assembler.whole(data) {
      traffic.receivedMessages = 1
      // Told when the status is known, which comes first.
      do { try take(message) } catch { takingFailed = error }
      return
    }
    do {
      try assembler.feed(data) { bytes, isCompressed in
        traffic.receivedMessages &+= 1
        if traffic.receivedMessages > 1 {
          throw RPCError(.internalError, "the server sent more than one message")
        }
        let message = try ReceivedMessage(
          bytes, isCompressed: isCompressed, head: head, limit: plan.maxResponseBytes)
        recorder?.message(.serverMessage, message)
        assembled = message
      }
    } catch {
      fail(RPCError(handlerError: error))
    }
  }

  func received(trailers fields: HTTPFields, on stream: HTTP2Stream) {
    if isEnded { return }
    trailers = fields
    if stream.headersTooLarge { return fail(CallFailure.tooManyFields) }
    let version = stream.head.fieldsVersion
    isOK = version == connection.usualTrailers
    if !isOK, fields["grpc-status"] == "0" {
      isOK = true
      connection.usualTrailers = version
    }
  }

  func receivedEnd(on stream: HTTP2Stream) {
    if isEnded { return }
    var error = isOK ? nil : RPCError.status(in: trailers, httpStatus: httpStatus)
    if error == nil {
      do { try assembler.finish() } catch let broken { error = RPCError(handlerError: broken) }
    }
    end(error.map { CallFailure(status: $0, hasReply: hasReply, trailers: trailers) })
  }

  func becameWritable(_ stream: HTTP2Stream) {}

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    self.stream = nil
    if isEnded { return }
    end(CallFailure(closed: stream, errorCode, on: connection, hasReply: hasReply))
  }
}
