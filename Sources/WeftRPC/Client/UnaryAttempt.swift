import NIOCore
import WeftHTTP2

/// One attempt at a call with one message each way: all that such a call needs and no more. Calls of other
/// kinds make ``CallAttempt``s.
///
/// The caller may be on another thread than the loop. What both touch goes back and forth between their caches, so
/// the caller makes and frees all that there is, the reply's bytes included, the loop counts no references that
/// the caller counts as well, and it lets go of the attempt before it resumes the caller.
final class UnaryAttempt: @unchecked Sendable {
  // Sound as `Sendable`: constants may be used anywhere; the rest is touched on the connection's loop only
  // until the caller is resumed, and by the caller only after that. Exclusivity is unchecked for that reason, and
  // because no access calls out while it lasts.

  let plan: CallPlan
  let pick: Pick
  /// The request, and then the reply without its prefix: where the one has been there is room for the other.
  @exclusivity(unchecked) private var message: ByteBuffer
  private let previousAttempts: Int
  private let span: CallSpan?
  /// Keeps the attempt in a binary log; nil for nearly all.
  private let recorder: CallRecorder?
  private let start: NIODeadline
  /// Whether ``head`` and ``trailers`` are kept of a call that succeeds.
  private let keepsFields: Bool
  /// Whether its success is told as that of the call, which then need not look at the clock again.
  private let isCall: Bool
  /// Whether the caller is on another thread than the loop.
  private var isElsewhere = false
  /// The caller, on its way to the loop.
  @exclusivity(unchecked) private var comes: UnsafeContinuation<Void, Never>?
  @exclusivity(unchecked) private var caller: UnsafeContinuation<Void, Never>?

  @exclusivity(unchecked) private var stream: HTTP2Stream?
  @exclusivity(unchecked) private var assembler: MessageAssembler
  @exclusivity(unchecked) private var timer: Scheduled<Void>?
  @exclusivity(unchecked) private var traffic = CallTraffic()
  @exclusivity(unchecked) private(set) var head: HTTPFields?
  @exclusivity(unchecked) private(set) var trailers = HTTPFields()
  private var httpStatus = 0
  private var isOK = false
  private var hasHead = false
  private var isTrailersOnly = false
  private var isStarted = false
  private var isEnded = false
  /// The message, when it did not come in one piece or is packed.
  @exclusivity(unchecked) private var assembled: ReceivedMessage?
  /// Nil when the status was OK.
  @exclusivity(unchecked) private(set) var failure: CallFailure?
  /// The call has succeeded with this attempt, which has told the metrics so.
  private(set) var isWhole = false

  /// - Parameters:
  ///   - pick: what the attempt is made on.
  ///   - previousAttempts: how many the server may have seen; nil for a first one that was made at once.
  ///   - framed: the request. Nobody else should keep it.
  ///   - keepsFields: whether somebody wants to know what came in front of and behind the reply.
  init(
    _ plan: CallPlan, _ framed: consuming ByteBuffer, _ pick: Pick, previousAttempts: Int?, keepsFields: Bool
  ) {
    self.plan = plan
    message = consume framed
    self.pick = pick
    self.previousAttempts = previousAttempts ?? 0
    isCall = previousAttempts == nil
    start = isCall ? plan.start : .now()
    span = plan.span?.client(plan.method.path)
    recorder = pick.subchannel.options.binaryLog?.recorder(for: plan.method.path, .client)
    self.keepsFields = keepsFields || recorder != nil
    assembler = MessageAssembler(maxMessageBytes: plan.maxResponseBytes)
  }

  private var connection: HTTP2ClientConnection { pick.connection }
  private var loop: LoopContext { pick.connection.loop }

  /// How the reply was packed.
  var encoding: MessageEncoding { assembled?.encoding ?? .identity }

  /// The request, for another attempt after one that failed without a reply.
  var request: ByteBuffer { message }

  /// Makes the attempt.
  nonisolated(nonsending) func run() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        // Handed to the loop with the attempt itself.
        comes = continuation
        if loop.eventLoop.inEventLoop {
          visit()
        } else {
          isElsewhere = true
          loop.post(self, at: start)
        }
      }
    } onCancel: {
      connection.loop.eventLoop.execute { self.fail(RPCError(.cancelled, "the call was cancelled")) }
    }
    if isElsewhere { loop.returned() }
  }

  /// After an attempt that succeeded: the message that came.
  ///
  /// - Throws: ``RPCError`` when there is none, or one that cannot be unpacked.
  func reply() throws -> ByteBuffer {
    if let assembled { return try assembled.unpacked() }
    if traffic.receivedMessages == 1 { return message }
    throw RPCError(.internalError, "the server ended the call without a message")
  }

  // MARK: On the loop

  private func fail(_ error: RPCError) {
    end(CallFailure(error: error, isUnprocessed: false, hasReply: hasReply, isFromServer: false))
    stream?.reset(HTTP2ErrorCode.cancel)
  }

  private func countStart() {
    if isStarted { return }
    isStarted = true
    plan.shared.metrics.attempts.started()
  }

  /// - Parameter atClose: the stream is about to close, which resumes the caller.
  private func end(_ failure: CallFailure?, atClose: Bool = false) {
    if isEnded { return }
    isEnded = true
    // One that is cancelled may end first.
    countStart()
    timer?.cancel()
    timer = nil
    self.failure = failure
    let code = failure?.error.code ?? .ok
    recorder?.ended(failure, trailers)
    pick.ended(failure)
    let metrics = plan.shared.metrics
    let nanoseconds = metrics.attempts.ended(code, since: start, traffic)
    if isCall, failure == nil, traffic.receivedMessages == 1, assembled == nil {
      isWhole = true
      metrics.callSucceeded(nanoseconds)
    }
    connection.record.calls.ended(failure == nil, traffic, since: start, nanoseconds)
    span?.callEnded(code, failure?.error.message ?? "", peer: pick.subchannel.endpoint.text)
    if !atClose { resume(caller.take()) }
  }

  private func resume(_ continuation: UnsafeContinuation<Void, Never>?) {
    guard let continuation else { return }
    if isElsewhere { loop.resume(continuation) } else { continuation.resume() }
  }

  /// Part of a reply has come.
  private var hasReply: Bool { hasHead && !isTrailersOnly }
}

extension UnaryAttempt: LoopVisitor {
  /// Opens the stream and sends the message.
  func visit() {
    // A call that was cancelled already has ended before it begins.
    if isEnded {
      return resume(comes.take())
    }
    caller = comes.take()
    countStart()
    let more = AttemptMaker.fields(plan, previousAttempts, span)
    let stream = connection.openStream(plan.shared, more: more, handler: self) {
      AttemptMaker.usualHead(plan, on: pick)
    }
    guard let stream else { return end(CallFailure(notBegunOn: connection)) }
    self.stream = stream
    if let recorder { record(more, in: recorder) }
    traffic.sent(framed: message.readableBytes)
    stream.send(copyIfSmall: message)
    stream.finish()
    if let deadline = plan.deadline {
      let left = max(deadline - ContinuousClock.now, .zero)
      timer = connection.loop.eventLoop.scheduleTask(in: TimeAmount(left)) {
        self.fail(CallFailure.deadlinePassed(at: self.connection, hasAnswered: self.hasHead))
      }
    }
  }
}

extension UnaryAttempt {
  private func record(_ more: HTTPFields?, in recorder: CallRecorder) {
    var head = AttemptMaker.usualHead(plan, on: pick)
    for field in more ?? HTTPFields() { head.fields.add(field.name, field.value) }
    recorder.clientHeader(
      method: head.path, authority: head.authority, timeout: plan.deadline.map { $0 - .now },
      fields: head.fields, peer: connection.address)
    recorder.message(.clientMessage, framed: message, plan.encoding)
    recorder.halfClose()
  }
}

extension UnaryAttempt: HTTP2StreamHandler {
  func receivedHead(on stream: HTTP2Stream) {
    if isEnded { return }
    httpStatus = stream.head.status
    let version = stream.head.fieldsVersion
    if version == connection.usualHead, httpStatus == 200, !stream.headersTooLarge {
      hasHead = true
      if keepsFields { head = stream.head.fields }
      recorder?.serverHeader(stream.head.fields)
      return
    }
    if stream.headersTooLarge { return fail(CallFailure.tooManyFields) }
    if stream.head.fields.contains("grpc-status") {
      hasHead = true
      head = stream.head.fields
      isTrailersOnly = true
      trailers = stream.head.fields
    } else if let failure = CallFailure(noGRPC: stream.head, from: connection.address) {
      end(failure)
      stream.reset(HTTP2ErrorCode.cancel)
    } else {
      hasHead = true
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
    if recorder == nil, traffic.receivedMessages == 0, let reply = assembler.whole(data) {
      traffic.receivedMessages = 1
      message.clear()
      message.writeBytes(reply)
      return
    }
    do {
      try assembler.feed(data) { bytes, isCompressed in
        traffic.receivedMessages &+= 1
        if traffic.receivedMessages > 1 {
          throw RPCError(.internalError, "the server sent more than one message")
        }
        let message = try ReceivedMessage(
          bytes, isCompressed: isCompressed, head: stream.head.fields, limit: plan.maxResponseBytes)
        recorder?.message(.serverMessage, message)
        assembled = message
      }
    } catch {
      fail(RPCError(handlerError: error))
    }
  }

  func received(trailers fields: HTTPFields, on stream: HTTP2Stream) {
    if isEnded { return }
    if stream.headersTooLarge {
      trailers = fields
      return fail(CallFailure.tooManyFields)
    }
    let version = stream.head.fieldsVersion
    isOK = version == connection.usualTrailers
    if keepsFields || !isOK { trailers = fields }
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
    end(
      error.map { CallFailure(status: $0, hasReply: hasReply, trailers: trailers) },
      atClose: stream.isAboutToClose)
  }

  func becameWritable(_ stream: HTTP2Stream) {}

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    self.stream = nil
    if isEnded { return resume(caller.take()) }
    end(CallFailure(closed: stream, errorCode, on: connection, hasReply: hasReply))
  }
}
