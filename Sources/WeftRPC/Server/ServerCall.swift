import NIOCore
import Synchronization
import WeftHTTP2

/// One call on the server: takes the stream's input, runs the handler in a task, sends the reply.
final class ServerCall: @unchecked Sendable {
  // Sound as `Sendable`: constants and `reply` may be used anywhere; everything else is touched on the
  // connection's loop only, where `onLoop` takes the handler's task back to.

  struct Reply {
    var initial = Metadata()
    var trailing = Metadata()
    var requestID: String?
    /// What interceptors and the server itself have put into the call's context.
    var values: [ObjectIdentifier: any Sendable] = [:]
    /// How the messages that go out are packed. Settled with the first of them.
    var encoding = MessageEncoding.identity
  }

  /// Whether the reply's head or trailers have more than all have, or its messages are packed. Most have not.
  let hasReplyMetadata: Atomic<Bool>
  /// Whether a streaming handler has written a message.
  let hasWritten = Atomic<Bool>(false)

  let entry: RPCRouter.Entry
  var peer: PeerInfo { connection.peer }
  let requestFields: HTTPFields
  let scope: CallScope
  let reply = Mutex(Reply())
  let core: RPCServerCore
  let connection: HTTP2ConnectionContext
  let startTime = NIODeadline.now()

  let stream: HTTP2Stream
  var assembler: MessageAssembler
  /// The message of a unary call that has not ended its half of the stream.
  var request: ReceivedMessage?
  /// How the message of a unary call was packed.
  var requestEncoding = MessageEncoding.identity
  /// Makes the reply to a unary call whose message is decoded.
  var unaryReply: RPCRouter.UnaryReply?
  var requests: InboundQueue<ReceivedMessage>?
  var reader: RequestReader?
  @exclusivity(unchecked) var window = ReadWindow()
  var bufferedBytes = 0
  @exclusivity(unchecked) var traffic = CallTraffic()
  /// Keeps the call in a binary log; nil for nearly all.
  let recorder: CallRecorder?
  var headSent = false
  var isEnded = false
  /// What runs the handler: one of the loop's workers,
  var worker: LoopWorker?
  /// or a task of its own.
  var task: Task<Void, Never>?
  var timer: Scheduled<Void>?
  var writeWaiter: CheckedContinuation<Void, any Error>?
  var closeError: RPCError?
  /// The call's place within the limits of its method and server.
  var place = CallPlace.none
  var placeTaken = NIODeadline.distantPast
  var passedShedders = 0
  /// While it waits for a place.
  var ticket: AdmissionQueue.Ticket?

  init(
    entry: RPCRouter.Entry, core: RPCServerCore, stream: HTTP2Stream, connection: HTTP2ConnectionContext,
    timeout: Duration?, span: CallSpan?, isCompressed: Bool = false
  ) {
    self.entry = entry
    self.core = core
    self.stream = stream
    self.connection = connection
    recorder = core.binaryLog?.recorder(for: entry.method.path, .server)
    requestFields = stream.head.fields
    scope = CallScope(deadline: timeout.map { ContinuousClock.now + $0 }, span: span)
    assembler = MessageAssembler(maxMessageBytes: core.configuration.maxRequestBytes)
    hasReplyMetadata = Atomic(isCompressed)
    if isCompressed { compressReply(with: core.configuration.compression) }
    if let timeout { startTimer(timeout) }
  }

  var givenRequestID: String? { requestFields["x-request-id"] }

  /// The caller's identifier of the request, or one that is made when it is first asked for.
  var requestID: String {
    if let given = givenRequestID { return given }
    return reply.withLock { reply in
      let id = reply.requestID ?? RequestID.make()
      reply.requestID = id
      return id
    }
  }

  // MARK: Bounds

  func consumed(_ cost: Int) {
    charge(-cost)
    stream.consume(window.taken(cost, highWater: core.configuration.http.streamWindow))
  }

  /// Counts the bytes of messages that are kept for this call, over all calls of the connection.
  func charge(_ change: Int) {
    bufferedBytes += change
    connection.keeps(change, in: core.requestBudget)
  }

  func checkBuffered() throws {
    let limit = core.configuration.maxBufferedBytesPerConnection
    if connection.bufferedRequestBytes > limit {
      throw RPCError(
        .resourceExhausted, "the messages that wait on this connection are larger than \(limit) bytes")
    }
    if connection.isOverShare(of: core.requestBudget) {
      throw RPCError(
        .resourceExhausted,
        "the messages that wait in this server are larger than \(core.requestBudget.limit) bytes, and this connection's more than its part of them"
      )
    }
  }

  func releaseBuffered() {
    charge(-bufferedBytes)
  }
}
