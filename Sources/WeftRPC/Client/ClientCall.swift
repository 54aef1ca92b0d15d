import NIOCore
import Synchronization

/// One call, from the client's side.
///
/// Messages come through ``nextMessage()`` in order, one reader at a time; messages go out through
/// ``send(_:)``, one writer at a time.
///
/// Until the server begins to answer, what was sent is kept, so that a failed attempt can be followed by
/// another that sends it again (gRFC A6).
public final class ClientCall: Sendable {
  let plan: CallPlan
  let maker: AttemptMaker
  let state: Mutex<State>
  /// The attempt that is the call. Failed when there was none.
  let outcome = OneShot<CallAttempt>()

  /// Bytes of messages that are kept to be sent again. A call that sends more stays with the attempt that
  /// it has.
  static let maxReplayBytes = 256 << 10

  init(_ plan: CallPlan, _ maker: AttemptMaker, onlyMessage: ByteBuffer? = nil) {
    self.plan = plan
    self.maker = maker
    state = Mutex(State(retry: maker.retryState(plan), end: CallEnd(plan), onlyMessage: onlyMessage))
  }

  /// Sends one message, and waits while the server takes no more.
  ///
  /// - Parameter compress: false sends this message as it is in a call that compresses.
  /// - Throws: ``CallEndedEarly``, `CancellationError`, or ``RPCError`` when the message is larger than the
  ///   limit, or was sent after the last.
  public func send(_ message: ByteBuffer, compress: Bool = true) async throws {
    try plan.checkRequest(message.readableBytes)
    let framed =
      compress && plan.encoding != .identity ? plan.encoding.framing(message) : ByteBuffer(framing: message)
    try await send(framed: framed)
  }

  /// Says that no more messages follow.
  public func finishSending() async throws {
    try await finishAttempts()
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
    try await reading { try await $0.nextOrFailure() }
  }

  /// What the server sent in front of its first message.
  ///
  /// - Throws: ``RPCError`` when the call ended without any.
  public func initialMetadata() async throws -> Metadata {
    try await reading { try await $0.initialMetadata() }
  }

  /// What the server sent behind its last message. Empty until the call is over.
  public var trailers: Metadata { state.withLock { $0.committed?.attempt }?.trailers ?? Metadata() }

  /// Breaks the call off. The server learns of it.
  public func cancel() {
    end(
      CallFailure(
        error: RPCError(.cancelled, "the call was cancelled"), isUnprocessed: false, hasReply: false,
        isFromServer: false))
  }

  private func reading<Value>(_ body: (CallAttempt) async throws -> Value) async throws -> Value {
    do {
      if let attempt = state.withLock({ $0.committed?.attempt }) { return try await body(attempt) }
      return try await body(outcome.value())
    } catch let failure as CallFailure {
      throw failure.told(afterAttempts: state.withLock { $0.end.attempts })
    } catch is CancellationError {
      cancel()
      throw RPCError(.cancelled, "the call was cancelled")
    }
  }
}
