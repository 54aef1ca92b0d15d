import NIOCore
import WeftHTTP2
import WeftProtobuf

/// Calls with one message each way. Most channels have no interceptors and most calls no hedges: those go the
/// short way, without a ``ClientCall``.
extension Channel {
  public nonisolated(nonsending) func unary(
    _ method: MethodPath, _ message: ByteBuffer, options: CallOptions
  ) async throws -> UnaryResponse {
    guard core.options.interceptors.isEmpty else {
      return try await intercepted(0, method, options) { try await self.carry(method, message, $0) }
    }
    return try await carry(method, message, options)
  }

  public nonisolated(nonsending) func unary<Request, Response>(
    _ method: RPCMethod<Request, Response>, _ request: Request, options: CallOptions
  ) async throws -> Response {
    let plan = maker.plan(method.untyped, options)
    guard core.options.interceptors.isEmpty, plan.hedging == nil, plan.encoding == .identity else {
      let reply = try await unary(method.untyped, request.unframed(), options: options)
      return try Response(received: reply.message)
    }
    let framed = try request.framed()
    try plan.checkRequest(framed.readableBytes - ByteBuffer.messagePrefixBytes)
    let attempt = try await carried(plan) { pick, previous in
      TypedAttempt<Response>(plan, framed, maker, pick, previousAttempts: previous)
    }
    guard let response = (attempt as? TypedAttempt<Response>)?.response else { throw Self.noMessage }
    return response
  }

  private nonisolated(nonsending) func carry(
    _ method: MethodPath, _ message: ByteBuffer, _ options: CallOptions
  ) async throws -> UnaryResponse {
    let plan = maker.plan(method, options)
    try plan.checkRequest(message.readableBytes)
    let framed = plan.encoding.framing(message)
    if plan.hedging != nil { return try await hedged(plan, framed) }
    let attempt = try await carried(plan) { pick, previous in
      RawAttempt(plan, framed, maker, pick, previousAttempts: previous)
    }
    guard let reply = (attempt as? RawAttempt)?.reply else { throw Self.noMessage }
    return UnaryResponse(
      message: reply, encoding: attempt.encoding,
      metadata: Metadata(received: attempt.head ?? HTTPFields()),
      trailers: Metadata(received: attempt.trailers))
  }

  /// Makes attempts one after another, until one succeeds or may not be followed by another.
  ///
  /// - Returns: the one that succeeded, which has taken its reply.
  private nonisolated(nonsending) func carried(
    _ plan: CallPlan, _ make: (_ pick: Pick, _ previousAttempts: Int) -> UnaryAttempt
  ) async throws -> UnaryAttempt {
    var failed: [Subchannel] = []
    // Made when there is something to decide.
    var retry: RetryState?
    var end = CallEnd(plan)
    defer { end.record() }
    while true {
      do {
        let pick = try await maker.pick(plan, avoiding: failed)
        end.attempts += 1
        let attempt = make(pick, retry?.previousAttempts ?? 0)
        await attempt.run()
        if let failure = attempt.failure {
          failed.append(pick.subchannel)
          throw failure
        }
        maker.succeeded()
        try attempt.finishTaking()
        end.code = .ok
        return attempt
      } catch let failure as CallFailure {
        end.code = failure.error.code
        var state = retry ?? maker.retryState(plan)
        guard let delay = state.delay(after: failure) else {
          throw failure.told(afterAttempts: end.attempts)
        }
        retry = state
        if delay > .zero || Task.isCancelled {
          do { try await Task.sleep(for: delay) } catch {
            end.code = .cancelled
            throw Self.cancelled
          }
        }
      } catch is CancellationError {
        end.code = .cancelled
        throw Self.cancelled
      }
    }
  }

  private static let cancelled = RPCError(.cancelled, "the call was cancelled")
}

/// Keeps the reply as it is decoded where it lies.
private final class TypedAttempt<Response: Message>: UnaryAttempt, @unchecked Sendable {
  private(set) var response: Response?

  override func take(_ message: UnsafeRawBufferPointer) throws {
    response = try Response(received: message)
  }
}

/// Keeps the reply's bytes.
private final class RawAttempt: UnaryAttempt, @unchecked Sendable {
  private(set) var reply: ByteBuffer?

  override func take(_ message: UnsafeRawBufferPointer) throws {
    reply = ByteBuffer(bytes: message)
  }
}
