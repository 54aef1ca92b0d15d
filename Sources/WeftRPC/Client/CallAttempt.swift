import NIOCore
import Synchronization
import WeftHTTP2

/// One attempt at a call, on one connection.
///
/// Messages come through ``nextOrFailure()`` in order, one reader at a time; messages go out through
/// ``send(framed:)``, one writer at a time, or on the loop through ``put(_:)``.
final class CallAttempt: @unchecked Sendable {
  // Sound as `Sendable`: `queue`, `initial` and `end` may be used anywhere; everything else is touched
  // on the connection's loop only.

  let connection: HTTP2ClientConnection
  private let method: MethodPath
  let queue: InboundQueue<ReceivedMessage>
  let initial = OneShot<Metadata>()
  let end = Mutex(Metadata())
  let window: StreamWindow

  var stream: HTTP2Stream? {
    didSet { window.stream = stream }
  }
  var assembler: MessageAssembler
  var httpStatus = 0
  var head: HTTPFields?
  var trailerFields: HTTPFields?
  var isEnded = false
  var sendingFinished = false
  private var timer: Scheduled<Void>?
  var writeWaiter: CheckedContinuation<Void, any Error>?
  /// The call that may follow this attempt with another. Nil when nobody needs to know.
  var observer: (any CallAttemptObserver)?
  var traffic = CallTraffic()
  /// Keeps the attempt in a binary log; nil for nearly all.
  let recorder: CallRecorder?
  private var sentEncoding = MessageEncoding.identity
  private let onEnd: @Sendable (_ failure: CallFailure?, _ traffic: CallTraffic) -> Void

  /// - Parameter onEnd: called once on the loop, when the attempt is over.
  init(
    method: MethodPath, connection: HTTP2ClientConnection, maxMessageBytes: Int, windowSize: Int,
    observer: (any CallAttemptObserver)? = nil, recorder: CallRecorder? = nil,
    onEnd: @escaping @Sendable (_ failure: CallFailure?, _ traffic: CallTraffic) -> Void
  ) {
    self.method = method
    self.connection = connection
    self.observer = observer
    self.recorder = recorder
    self.onEnd = onEnd
    assembler = MessageAssembler(maxMessageBytes: maxMessageBytes)
    let window = StreamWindow(size: windowSize)
    self.window = window
    queue = InboundQueue { cost in connection.loop.eventLoop.execute { window.taken(cost) } }
  }

  // MARK: Anywhere

  /// Sends one message, and waits while the server takes no more.
  ///
  /// - Throws: ``CallEndedEarly``, `CancellationError`.
  func send(framed: ByteBuffer) async throws {
    let bound = LoopBound(self, on: connection.loop.eventLoop)
    if try await bound.run({ try $0.sendNow(framed) }) { return }
    try await bound.waitUntilWritable()
  }

  /// Says that no more messages follow.
  func finishSending() async throws {
    try await LoopBound(self, on: connection.loop.eventLoop).run { $0.putEnd() }
  }

  /// The next message, or nil when the call ended with OK.
  ///
  /// - Throws: ``CallFailure`` when it ended otherwise, or `CancellationError`.
  func nextOrFailure() async throws -> ReceivedMessage? {
    try await queue.next()
  }

  /// What the server sent in front of its first message.
  ///
  /// - Throws: ``CallFailure``, or `CancellationError`.
  func initialMetadata() async throws -> Metadata {
    try await initial.value()
  }

  func initialNow() -> Metadata { initial.valueNow ?? Metadata() }

  /// What the server sent behind its last message. Empty until the attempt is over.
  var trailers: Metadata { end.withLock { $0 } }

  /// Breaks the attempt off. The server learns of it.
  func cancel() {
    onLoop { call in
      call.fail(RPCError(.cancelled, "the call was cancelled"), fromServer: false)
    }
  }

  /// Opens the stream and sends what is known at once.
  ///
  /// - Parameter then: called on the loop when the connection took the attempt.
  func start(
    _ head: HTTP2Head, message: ByteBuffer? = nil, deadline: ContinuousClock.Instant?,
    then: (@Sendable () -> Void)? = nil
  ) {
    onLoop { call in
      call.startNow(head, message, deadline)
      if call.stream != nil { then?() }
    }
  }

  // MARK: On the loop

  /// Whether a message may be put now: the stream is open and takes more.
  var isWritable: Bool { stream?.isWritable ?? false }

  func put(_ framed: ByteBuffer) {
    traffic.sent(framed: framed.readableBytes)
    recorder?.message(.clientMessage, framed: framed, sentEncoding)
    stream?.send(data: framed)
  }

  func putEnd() {
    sendingFinished = true
    if isEnded { return }
    recorder?.halfClose()
    stream?.finish()
  }

  private func startNow(_ head: HTTP2Head, _ message: ByteBuffer?, _ deadline: ContinuousClock.Instant?) {
    if isEnded { return }
    guard let stream = connection.openStream(head, handler: self) else {
      return finish(CallFailure(notBegunOn: connection))
    }
    self.stream = stream
    if let recorder { record(head, deadline, in: recorder) }
    if let message {
      put(message)
      recorder?.halfClose()
      stream.finish()
      sendingFinished = true
    }
    if let deadline {
      let left = max(deadline - ContinuousClock.now, .zero)
      timer = connection.loop.eventLoop.scheduleTask(in: TimeAmount(left)) { self.deadlinePassed() }
    }
  }

  private func record(
    _ head: HTTP2Head, _ deadline: ContinuousClock.Instant?, in recorder: CallRecorder
  ) {
    sentEncoding = head.fields["grpc-encoding"].flatMap(MessageEncoding.init) ?? .identity
    recorder.clientHeader(
      method: head.path, authority: head.authority, timeout: deadline.map { $0 - .now }, fields: head.fields,
      peer: connection.address)
  }

  private func deadlinePassed() {
    fail(CallFailure.deadlinePassed(at: connection, hasAnswered: httpStatus != 0), fromServer: false)
  }

  @inline(__always)
  func onLoop(_ body: @escaping @Sendable (CallAttempt) -> Void) {
    if connection.loop.eventLoop.inEventLoop {
      body(self)
    } else {
      connection.loop.eventLoop.execute { body(self) }
    }
  }

  private func sendNow(_ framed: ByteBuffer) throws -> Bool {
    if isEnded { throw CallEndedEarly() }
    guard let stream, !sendingFinished else {
      throw RPCError(.internalError, "a message was sent after the last")
    }
    put(framed)
    return stream.isWritable
  }

  func fail(_ error: RPCError, fromServer: Bool) {
    if isEnded { return }
    finish(CallFailure(error: error, isUnprocessed: false, hasReply: hasReply, isFromServer: fromServer))
    stream?.reset(HTTP2ErrorCode.cancel)
  }

  func finish(_ failure: CallFailure?) {
    if isEnded { return }
    isEnded = true
    timer?.cancel()
    timer = nil
    recorder?.ended(failure, trailers.fields)
    // Before the caller learns of it, so that what it then looks at is up to date.
    onEnd(failure, traffic)
    let observer = observer
    self.observer = nil
    observer?.attemptEnded(self, failure)
    if let failure {
      initial.fail(failure)
      queue.finish(throwing: failure)
    } else {
      initial.succeed(Metadata())
      queue.finish()
    }
    resumeWriter(throwing: CallEndedEarly())
  }
}

extension CallAttempt: PausableWriter {
  var writability: Result<Void, any Error>? {
    if isEnded { return .failure(CallEndedEarly()) }
    return stream?.isWritable ?? true ? .success(()) : nil
  }

  var secondWriterError: any Error {
    RPCError(.internalError, "one task sends on a call at a time")
  }
}
