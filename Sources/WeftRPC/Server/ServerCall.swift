import NIOCore
import Synchronization
import WeftHTTP2

/// One call on the server: takes the stream's input, runs the handler in a task, sends the reply.
final class ServerCall: HTTP2StreamHandler, @unchecked Sendable {
  // Sound as `Sendable`: constants and `reply` may be used anywhere; everything else is touched on the
  // connection's loop only, where `onLoop` takes the handler's task back to.

  struct Reply {
    var initial = Metadata()
    var trailing = Metadata()
  }

  /// What of a reply's metadata a handler has added. Most add none.
  let hasReplyMetadata = Atomic<Bool>(false)

  let entry: RPCRouter.Entry
  var peer: PeerInfo { connection.peer }
  let requestFields: HTTPFields
  let scope: CallScope
  let reply = Mutex(Reply())
  private let core: RPCServerCore
  private let connection: HTTP2ConnectionContext
  private let startTime = NIODeadline.now()

  private let stream: HTTP2Stream
  private var assembler: MessageAssembler
  private var unaryReply: RPCRouter.UnaryReply?
  private var requests: InboundQueue<ByteBuffer>?
  @exclusivity(unchecked) private var window = ReadWindow()
  private var bufferedBytes = 0
  private var headSent = false
  private var isEnded = false
  private var task: Task<Void, Never>?
  private var timer: Scheduled<Void>?
  private var writeWaiter: CheckedContinuation<Void, any Error>?
  private var closeError: RPCError?

  init(
    entry: RPCRouter.Entry, core: RPCServerCore, stream: HTTP2Stream, connection: HTTP2ConnectionContext,
    timeout: Duration?
  ) {
    self.entry = entry
    self.core = core
    self.stream = stream
    self.connection = connection
    requestFields = stream.head.fields
    scope = CallScope(deadline: timeout.map { ContinuousClock.now + $0 })
    assembler = MessageAssembler(maxMessageBytes: core.configuration.maxRequestBytes)
    if let timeout { startTimer(timeout) }
  }

  lazy var requestID: String = requestFields["x-request-id"] ?? RequestID.make()

  // MARK: Receiving

  func receivedHead(on stream: HTTP2Stream) {
    entry.metrics.started()
    if case .streaming(let handler) = entry.handler {
      let bound = LoopBound(self, on: connection.loop.eventLoop)
      let queue = InboundQueue<ByteBuffer> { cost in bound.execute { $0.consumed(cost) } }
      requests = queue
      run { call in
        try await handler(queue, RawResponseWriter(call: call), ServerContext(call: call))
        call.onLoop { $0.end(nil) }
      }
    }
  }

  func received(data: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    if isEnded { return stream.consume(data.count) }
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

  /// The one message of a unary call. It is decoded where it lies, in nghttp2's buffer, when all of it is there.
  private func received(_ data: UnsafeRawBufferPointer, for handler: RPCRouter.UnaryHandler) throws {
    if unaryReply == nil, let message = assembler.whole(data) {
      unaryReply = try handler(message)
      return
    }
    try assemble(data) { message in
      if unaryReply != nil { throw RPCError(.internalError, "the caller sent more than one message") }
      unaryReply = try message.withUnsafeReadableBytes { try handler($0) }
    }
  }

  private func receivedPart(_ data: UnsafeRawBufferPointer) throws {
    try assemble(data) { message in
      window.queued(message.readableBytes)
      requests?.push(message, cost: message.readableBytes)
    }
  }

  private func assemble(_ data: UnsafeRawBufferPointer, _ emit: (ByteBuffer) throws -> Void) throws {
    let before = assembler.pendingBytes
    try assembler.feed(data, emit)
    try account(assembler.pendingBytes - before)
  }

  func received(trailers: HTTPFields, on stream: HTTP2Stream) {}

  func receivedEnd(on stream: HTTP2Stream) {
    if isEnded { return }
    do {
      try assembler.finish()
    } catch {
      return end(RPCError(handlerError: error))
    }
    if let requests { return requests.finish() }
    guard unaryReply != nil else {
      return end(RPCError(.internalError, "the caller sent no message"))
    }
    if scope.deadline == nil, core.interceptors.isEmpty {
      task = Task.detached(executorPreference: executor) { [self] in await runUnary() }
    } else {
      run { try await $0.replyUnary() }
    }
  }

  func becameWritable(_ stream: HTTP2Stream) {
    writeWaiter?.resume()
    writeWaiter = nil
  }

  func closed(_ stream: HTTP2Stream, errorCode: UInt32) {
    release()
    if isEnded { return }
    isEnded = true
    let error = RPCError(.cancelled, "the caller is gone")
    closeError = error
    entry.metrics.ended(.cancelled, since: startTime)
    stop(error)
  }

  // MARK: Running

  private var executor: (any TaskExecutor)? {
    entry.execution == .eventLoop ? connection.loop : globalConcurrentExecutor
  }

  /// The short way of most calls: as few closures and awaits as can be.
  private func runUnary() async {
    do {
      try await replyUnary()
    } catch {
      failed(error)
    }
  }

  private func replyUnary() async throws {
    // Set before the task was made and never changed after that.
    guard let unaryReply else { return }
    let reply = try await unaryReply(ServerContext(call: self))
    if isOnLoop { finish(reply) } else { finishFromElsewhere(reply) }
  }

  @inline(never)
  private func finishFromElsewhere(_ reply: ByteBuffer) {
    connection.loop.eventLoop.execute { self.finish(reply) }
  }

  private func run(_ body: @escaping @Sendable (ServerCall) async throws -> Void) {
    // Detached: there is nothing to inherit on a loop, and asking costs time.
    task = Task.detached(executorPreference: executor) { [self] in
      do {
        try await CallScope.$current.withValue(scope) { try await intercepted(0, body) }
      } catch {
        failed(error)
      }
    }
  }

  private func failed(_ error: any Error) {
    let failure = RPCError(handlerError: error)
    if failure.code == .unknown { core.report(error, in: self) }
    onLoop { $0.end(failure) }
  }

  private func intercepted(
    _ index: Int, _ body: @escaping @Sendable (ServerCall) async throws -> Void
  ) async throws {
    guard core.interceptors.indices.contains(index) else { return try await body(self) }
    try await core.interceptors[index].intercept(ServerContext(call: self)) {
      try await intercepted(index + 1, body)
    }
  }

  private var isOnLoop: Bool { connection.loop.eventLoop.inEventLoop }

  @inline(__always)
  func onLoop(_ body: @escaping @Sendable (ServerCall) -> Void) {
    if isOnLoop { body(self) } else { connection.loop.eventLoop.execute { body(self) } }
  }

  private func startTimer(_ timeout: Duration) {
    timer = connection.loop.eventLoop.scheduleTask(in: TimeAmount(timeout)) { [weak self] in
      self?.end(RPCError(.deadlineExceeded, "the caller's deadline passed"))
    }
  }

  // MARK: Sending

  /// Sends a message of a stream, and waits while the caller takes no more.
  func write(_ framed: ByteBuffer) async throws {
    let bound = LoopBound(self, on: connection.loop.eventLoop)
    if try await bound.run({ try $0.send(framed) }) { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        bound.execute { $0.whenWritable(continuation) }
      }
    } onCancel: {
      bound.execute { call in
        call.writeWaiter?.resume(throwing: CancellationError())
        call.writeWaiter = nil
      }
    }
  }

  /// - Returns: whether the writer may go on at once.
  private func send(_ framed: ByteBuffer) throws -> Bool {
    if isEnded { throw closeError ?? RPCError(.cancelled, "the call has ended") }
    sendHead()
    stream.send(data: framed)
    return stream.isWritable
  }

  private func whenWritable(_ continuation: CheckedContinuation<Void, any Error>) {
    if isEnded {
      return continuation.resume(throwing: closeError ?? RPCError(.cancelled, "the call has ended"))
    }
    if stream.isWritable { return continuation.resume() }
    if writeWaiter != nil {
      return continuation.resume(throwing: RPCError(.internalError, "one task writes to a reply at a time"))
    }
    writeWaiter = continuation
  }

  private func sendHead() {
    if headSent { return }
    headSent = true
    let extra = hasReplyMetadata.load(ordering: .acquiring) ? reply.withLock { $0.initial } : Metadata()
    if extra.isEmpty { return stream.send(head: 200, fields: GRPCFields.replyHead) }
    var fields = GRPCFields.replyHead
    for entry in extra { fields.add(entry.key, entry.value) }
    stream.send(head: 200, fields: fields)
  }

  /// The reply of a unary call, whole.
  private func finish(_ framed: ByteBuffer) {
    if isEnded { return }
    sendHead()
    stream.send(data: framed)
    end(nil)
  }

  /// Ends the call with OK or an error.
  private func end(_ error: RPCError?) {
    if isEnded { return }
    isEnded = true
    closeError = error
    entry.metrics.ended(error?.code ?? .ok, since: startTime)
    var trailers = error?.trailers ?? GRPCFields.okTrailers
    if hasReplyMetadata.load(ordering: .acquiring) {
      for entry in reply.withLock({ $0.trailing }) { trailers.add(entry.key, entry.value) }
    }
    if headSent {
      stream.finish(trailers: trailers)
    } else {
      headSent = true
      for field in GRPCFields.replyHead { trailers.add(field.name, field.value) }
      stream.send(head: 200, fields: trailers, endStream: true)
    }
    if error != nil { stop(error ?? RPCError(.cancelled, "")) } else { timer?.cancel() }
    // The caller may still be sending what nobody will read.
    if !stream.receivedEnd { stream.reset(afterOutput: HTTP2ErrorCode.noError) }
  }

  private func stop(_ error: RPCError) {
    timer?.cancel()
    timer = nil
    requests?.fail(error)
    writeWaiter?.resume(throwing: error)
    writeWaiter = nil
    task?.cancel()
    task = nil
  }

  // MARK: Bounds

  private func consumed(_ cost: Int) {
    stream.consume(window.taken(cost, highWater: core.configuration.http.streamWindow))
  }

  /// Counts what is kept of unfinished messages, over all streams of the connection.
  private func account(_ change: Int) throws {
    bufferedBytes += change
    connection.bufferedRequestBytes += change
    if connection.bufferedRequestBytes > core.configuration.maxBufferedBytesPerConnection {
      throw RPCError(
        .resourceExhausted,
        "the connection's unfinished messages are larger than \(core.configuration.maxBufferedBytesPerConnection) bytes"
      )
    }
  }

  private func release() {
    connection.bufferedRequestBytes -= bufferedBytes
    bufferedBytes = 0
  }
}

/// When a stream's window opens again: at once while little is queued for the reader, else as it reads.
struct ReadWindow {
  private var queuedBytes = 0
  private var owed = 0

  mutating func queued(_ count: Int) {
    queuedBytes += count
  }

  /// - Returns: bytes to give back to the peer now.
  mutating func received(_ count: Int, highWater: Int) -> Int {
    if queuedBytes < highWater { return count }
    owed += count
    return 0
  }

  mutating func taken(_ count: Int, highWater: Int) -> Int {
    queuedBytes -= count
    if queuedBytes >= highWater { return 0 }
    let result = owed
    owed = 0
    return result
  }
}
