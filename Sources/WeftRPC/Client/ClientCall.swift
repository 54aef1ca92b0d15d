import NIOCore
import Synchronization
import WeftHTTP2

/// One call on one connection, from the client's side.
///
/// Messages come through ``nextMessage()`` in order, one reader at a time; messages go out through
/// ``send(_:)``, one writer at a time.
public final class ClientCall: HTTP2StreamHandler, @unchecked Sendable {
  // Sound as `Sendable`: `queue`, `initial` and `end` may be used anywhere; everything else is touched
  // on the connection's loop only.

  private let connection: HTTP2ClientConnection
  private let method: MethodPath
  private let queue: InboundQueue<ReceivedMessage>
  private let encoding: MessageEncoding
  private let initial = OneShot<Metadata>()
  private let end = Mutex(Metadata())
  private let windowSize: Int

  private var stream: HTTP2Stream?
  private var assembler: MessageAssembler
  private var window = ReadWindow()
  private var httpStatus = 0
  private var head: HTTPFields?
  private var trailerFields: HTTPFields?
  private var isEnded = false
  private var sendingFinished = false
  private var timer: Scheduled<Void>?
  private var writeWaiter: CheckedContinuation<Void, any Error>?
  private var traffic = CallTraffic()
  private let onEnd: @Sendable (_ failure: CallFailure?, _ traffic: CallTraffic) -> Void

  /// - Parameter onEnd: called once on the loop, when the call is over.
  init(
    method: MethodPath, connection: HTTP2ClientConnection, maxMessageBytes: Int, windowSize: Int,
    encoding: MessageEncoding = .identity,
    onEnd: @escaping @Sendable (_ failure: CallFailure?, _ traffic: CallTraffic) -> Void
  ) {
    self.method = method
    self.connection = connection
    self.windowSize = windowSize
    self.encoding = encoding
    self.onEnd = onEnd
    assembler = MessageAssembler(maxMessageBytes: maxMessageBytes)
    let owner = Weak()
    queue = InboundQueue { cost in
      connection.loop.eventLoop.execute { owner.call?.consumed(cost) }
    }
    owner.call = self
  }

  /// Set once, before the queue is used.
  private final class Weak: @unchecked Sendable {
    weak var call: ClientCall?
  }

  // MARK: Using a call

  /// Sends one message, and waits while the server takes no more.
  ///
  /// - Parameter compress: false sends this message as it is in a call that compresses.
  /// - Throws: ``CallEndedEarly``, `CancellationError`.
  public func send(_ message: ByteBuffer, compress: Bool = true) async throws {
    let framed =
      compress && encoding != .identity ? encoding.framing(message) : ByteBuffer(framing: message)
    let bound = LoopBound(self, on: connection.loop.eventLoop)
    if try await bound.run({ try $0.sendNow(framed) }) { return }
    let flag = CancellationFlag()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        bound.execute { $0.whenWritable(continuation, flag) }
      }
    } onCancel: {
      flag.set()
      bound.execute { call in
        call.writeWaiter?.resume(throwing: CancellationError())
        call.writeWaiter = nil
      }
    }
  }

  /// Says that no more messages follow.
  public func finishSending() async throws {
    let bound = LoopBound(self, on: connection.loop.eventLoop)
    try await bound.run { call in
      call.sendingFinished = true
      if !call.isEnded { call.stream?.finish() }
    }
  }

  /// The next message, or nil when the call ended with OK.
  ///
  /// - Throws: ``RPCError`` when it ended otherwise.
  public func nextMessage() async throws -> ByteBuffer? {
    guard let message = try await nextReceived() else { return nil }
    do {
      return try message.unpacked()
    } catch {
      cancel()
      throw error
    }
  }

  /// Like ``nextMessage()``, but as the message came, perhaps packed.
  public func nextReceived() async throws -> ReceivedMessage? {
    do {
      return try await queue.next()
    } catch let failure as CallFailure {
      throw failure.error
    } catch is CancellationError {
      cancel()
      throw RPCError(.cancelled, "the call was cancelled")
    }
  }

  /// What the server sent in front of its first message.
  public func initialMetadata() async throws -> Metadata {
    do {
      return try await initial.value()
    } catch let failure as CallFailure {
      throw failure.error
    }
  }

  /// What the server sent behind its last message. Empty until the call is over.
  public var trailers: Metadata { end.withLock { $0 } }

  /// Breaks the call off. The server learns of it.
  public func cancel() {
    onLoop { call in
      call.fail(RPCError(.cancelled, "the call was cancelled"), fromServer: false)
    }
  }

  // MARK: For the channel

  /// Opens the stream and sends what is known at once.
  func start(_ head: HTTP2Head, message: ByteBuffer?, deadline: ContinuousClock.Instant?) {
    onLoop { call in call.startNow(head, message, deadline) }
  }

  /// Like ``start(_:message:deadline:)``, and tells whether the connection took the call.
  func open(_ head: HTTP2Head, deadline: ContinuousClock.Instant?) async throws -> Bool {
    try await LoopBound(self, on: connection.loop.eventLoop).run { call in
      call.startNow(head, nil, deadline)
      return call.stream != nil
    }
  }

  private func startNow(_ head: HTTP2Head, _ message: ByteBuffer?, _ deadline: ContinuousClock.Instant?) {
    if isEnded { return }
    guard let stream = connection.openStream(head, handler: self) else {
      return finish(
        CallFailure(
          error: RPCError(.unavailable, "the connection to \(connection.address) takes no more calls"),
          isUnprocessed: true, hasReply: false, isFromServer: false))
    }
    self.stream = stream
    if let message {
      traffic.sent(framed: message.readableBytes)
      stream.send(data: message)
      stream.finish()
      sendingFinished = true
    }
    if let deadline {
      let left = max(deadline - ContinuousClock.now, .zero)
      timer = connection.loop.eventLoop.scheduleTask(in: TimeAmount(left)) { [weak self] in
        self?.fail(RPCError(.deadlineExceeded, "the deadline passed"), fromServer: false)
      }
    }
  }

  /// Like ``nextMessage()``, with all that is known of a failure.
  func nextOrFailure() async throws -> ReceivedMessage? {
    try await queue.next()
  }

  func initialNow() -> Metadata { initial.valueNow ?? Metadata() }

  // MARK: On the loop

  @inline(__always)
  private func onLoop(_ body: @escaping @Sendable (ClientCall) -> Void) {
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
    traffic.sent(framed: framed.readableBytes)
    stream.send(data: framed)
    return stream.isWritable
  }

  private func whenWritable(_ continuation: CheckedContinuation<Void, any Error>, _ flag: CancellationFlag) {
    if isEnded { return continuation.resume(throwing: CallEndedEarly()) }
    if stream?.isWritable ?? true { return continuation.resume() }
    if flag.isSet { return continuation.resume(throwing: CancellationError()) }
    if writeWaiter != nil {
      return continuation.resume(throwing: RPCError(.internalError, "one task sends on a call at a time"))
    }
    writeWaiter = continuation
  }

  private func consumed(_ cost: Int) {
    stream?.consume(window.taken(cost, highWater: windowSize))
  }

  public func receivedHead(on stream: HTTP2Stream) {
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
      fail(
        RPCError(code, "\(connection.address) answered HTTP status \(head.status)\(what), not gRPC"),
        fromServer: true)
    } else {
      initial.succeed(Metadata(received: head.fields))
    }
  }

  public func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    if isEnded { return stream.consume(data.count) }
    traffic.receivedBytes += data.count
    let (head, limit) = (head, assembler.maxMessageBytes)
    do {
      try assembler.feed(data) { bytes, isCompressed in
        let message = try ReceivedMessage(bytes, isCompressed: isCompressed, head: head, limit: limit)
        traffic.receivedMessages += 1
        window.queued(bytes.readableBytes)
        queue.push(message, cost: bytes.readableBytes)
      }
    } catch {
      stream.consume(data.count)
      return fail(RPCError(handlerError: error), fromServer: false)
    }
    stream.consume(window.received(data.count, highWater: windowSize))
  }

  public func received(trailers: HTTPFields, on stream: HTTP2Stream) {
    if stream.headersTooLarge { return fail(Self.tooManyFields, fromServer: false) }
    trailerFields = trailers
  }

  public func receivedEnd(on stream: HTTP2Stream) {
    if isEnded { return }
    let fields = trailerFields ?? HTTPFields()
    var error = RPCError.status(in: fields, httpStatus: httpStatus)
    if error == nil {
      do { try assembler.finish() } catch let broken { error = RPCError(handlerError: broken) }
    }
    end.withLock { $0 = Metadata(received: fields) }
    finish(error.map { CallFailure(error: $0, isUnprocessed: false, hasReply: hasReply, isFromServer: true) })
    // The server may stop before it has taken everything (RFC 9113, 8.1).
    if !sendingFinished { stream.reset(HTTP2ErrorCode.noError) }
  }

  public func becameWritable(_ stream: HTTP2Stream) {
    writeWaiter?.resume()
    writeWaiter = nil
  }

  public func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
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

  private var hasReply: Bool { head != nil && trailerFields == nil || initial.valueNow != nil }

  private static let tooManyFields = RPCError(
    .resourceExhausted, "the server's metadata is larger than the limit")

  private func fail(_ error: RPCError, fromServer: Bool) {
    if isEnded { return }
    finish(CallFailure(error: error, isUnprocessed: false, hasReply: hasReply, isFromServer: fromServer))
    stream?.reset(HTTP2ErrorCode.cancel)
  }

  private func finish(_ failure: CallFailure?) {
    if isEnded { return }
    isEnded = true
    timer?.cancel()
    timer = nil
    // Before the caller learns of it, so that what it then looks at is up to date.
    onEnd(failure, traffic)
    if let failure {
      initial.fail(failure)
      queue.finish(throwing: failure)
    } else {
      initial.succeed(Metadata())
      queue.finish()
    }
    writeWaiter?.resume(throwing: CallEndedEarly())
    writeWaiter = nil
  }
}
