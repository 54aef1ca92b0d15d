import NIOCore
import WeftHTTP2
import WeftProtobuf

/// Calls with one message each way. Most channels have no interceptors and most calls no hedges: those go the
/// short way, without a ``ClientCall``.
extension Channel {
  public nonisolated(nonsending) func unary(
    _ method: MethodPath, _ message: ByteBuffer, options: CallOptions
  ) async throws -> UnaryResponse {
    let interceptors = maker.interceptors(of: method)
    if interceptors.isEmpty { return try await carry(method, message, options) }
    return try await intercepted(by: interceptors[...], method, options) {
      try await self.carry(method, message, $0)
    }
  }

  public nonisolated(nonsending) func unary<Request, Response>(
    _ method: RPCMethod<Request, Response>, _ request: Request, options: CallOptions
  ) async throws -> Response {
    let plan = maker.plan(method.untyped, options)
    guard plan.shared.interceptors.isEmpty, plan.hedging == nil, plan.encoding == .identity else {
      let reply = try await unary(method.untyped, request.unframed(), options: options)
      return try Response(received: reply.message)
    }
    let framed = try request.framed()
    try plan.checkRequest(framed.readableBytes - ByteBuffer.messagePrefixBytes)
    let attempt = try await carried(plan, consume framed, keepsFields: false)
    return try attempt.reply().withUnsafeReadableBytes { try Response(received: $0) }
  }

  private nonisolated(nonsending) func carry(
    _ method: MethodPath, _ message: ByteBuffer, _ options: CallOptions
  ) async throws -> UnaryResponse {
    let plan = maker.plan(method, options)
    try plan.checkRequest(message.readableBytes)
    let framed = plan.encoding.framing(message)
    if plan.hedging != nil { return try await hedged(plan, framed) }
    let attempt = try await carried(plan, consume framed, keepsFields: true)
    return UnaryResponse(
      message: try attempt.reply(), encoding: attempt.encoding,
      metadata: Metadata(received: attempt.head ?? HTTPFields()),
      trailers: Metadata(received: attempt.trailers))
  }

  /// Makes attempts one after another, until one succeeds or may not be followed by another.
  ///
  /// - Returns: the one that succeeded, and has a reply.
  private nonisolated(nonsending) func carried(
    _ plan: CallPlan, _ framed: consuming ByteBuffer, keepsFields: Bool
  ) async throws -> UnaryAttempt {
    guard let pick = maker.pickNow(plan) else {
      return try await carried(plan, consume framed, nil, keepsFields: keepsFields)
    }
    let attempt = UnaryAttempt(plan, consume framed, pick, previousAttempts: nil, keepsFields: keepsFields)
    await attempt.run()
    // Nearly always.
    guard attempt.isWhole else {
      return try await carried(plan, attempt.request, attempt, keepsFields: keepsFields)
    }
    maker.succeeded()
    return attempt
  }

  /// - Parameter first: the first attempt, when it was made already.
  private nonisolated(nonsending) func carried(
    _ plan: CallPlan, _ framed: ByteBuffer, _ first: UnaryAttempt?, keepsFields: Bool
  ) async throws -> UnaryAttempt {
    var first = first
    var failed: [Subchannel] = []
    // Made when there is something to decide.
    var retry: RetryState?
    var end = CallEnd(plan)
    defer { end.record() }
    while true {
      do {
        let attempt: UnaryAttempt
        if let made = first.take() {
          attempt = made
          end.attempts += 1
        } else {
          let pick = try await maker.pick(plan, avoiding: failed)
          end.attempts += 1
          attempt = UnaryAttempt(
            plan, framed, pick, previousAttempts: retry?.previousAttempts ?? 0, keepsFields: keepsFields)
          await attempt.run()
        }
        if let failure = attempt.failure {
          failed.append(attempt.pick.subchannel)
          throw failure
        }
        maker.succeeded()
        _ = try attempt.reply()
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
