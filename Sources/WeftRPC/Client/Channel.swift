import NIOCore
import NIOPosix
import Synchronization
import WeftHTTP2

/// A gRPC client for one service, over as many connections as it has addresses.
///
/// Connections are made at once and again whenever they end. Calls wait while a first connection is
/// being made and fail with UNAVAILABLE when none can be, unless they ask to wait for one.
public final class Channel: RPCChannel {
  private let core: ChannelCore

  /// - Parameter target: `dns:///host:port`, `ipv4:a:port,b:port`, `ipv6:[a]:port`, `static:host:port,...`,
  ///   `unix:path`, `weft:///service`, or `host:port`.
  public init(
    target: String, options: ChannelOptions = ChannelOptions(),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    core = ChannelCore(target: ResolverTarget(target), options: options, group: group)
    core.startResolving()
  }

  deinit {
    core.shutdown()
  }

  /// Takes no more calls. Those that run may finish.
  public func shutdown() async {
    core.shutdown()
  }

  public func unary(
    _ method: MethodPath, _ message: ByteBuffer, options: CallOptions
  ) async throws -> UnaryResponse {
    return try await intercepted(0, method, options) { options in
      let framed = self.encoding(options).framing(message)
      let deadline = CallScope.deadline(timeout: options.timeout)
      return try await self.retrying(method, options, deadline) { call, head in
        call.start(head, message: framed, deadline: deadline)
        return try await withTaskCancellationHandler {
          try await Self.reply(of: call)
        } onCancel: {
          call.cancel()
        }
      }
    }
  }

  public func withCall<Result>(
    _ method: MethodPath, options: CallOptions, _ body: (ClientCall) async throws -> Result
  ) async throws -> Result {
    try await intercepted(0, method, options) { options in
      let deadline = CallScope.deadline(timeout: options.timeout)
      let call = try await self.openCall(method, options, deadline)
      return try await withTaskCancellationHandler {
        do {
          let result = try await body(call)
          call.cancel()
          return result
        } catch {
          call.cancel()
          throw error
        }
      } onCancel: {
        call.cancel()
      }
    }
  }

  // MARK: Attempts

  /// A call whose stream is open. Connections that take no more calls just now are passed over.
  private func openCall(
    _ method: MethodPath, _ options: CallOptions, _ deadline: ContinuousClock.Instant?
  ) async throws -> ClientCall {
    var failed: [Subchannel] = []
    while true {
      let subchannel = try await core.pick(
        avoiding: failed, waitForReady: options.waitForReady, deadline: deadline)
      if let (call, head) = makeCall(method, options, deadline, on: subchannel),
        try await call.open(head, deadline: deadline)
      {
        return call
      }
      failed.append(subchannel)
      if failed.count >= core.options.retry.maxAttempts { throw Self.notBegun(subchannel).error }
    }
  }

  private static func notBegun(_ subchannel: Subchannel) -> CallFailure {
    CallFailure(
      error: RPCError(
        .unavailable, "the connection to \(subchannel.endpoint.text) ended before the call began"),
      isUnprocessed: true, hasReply: false, isFromServer: false)
  }

  /// Makes attempts until one succeeds or may not be followed by another.
  private func retrying(
    _ method: MethodPath, _ options: CallOptions, _ deadline: ContinuousClock.Instant?,
    _ attempt: (ClientCall, HTTP2Head) async throws -> UnaryResponse
  ) async throws -> UnaryResponse {
    var failed: [Subchannel] = []
    var attempts = 0
    while true {
      attempts += 1
      let error: RPCError
      var pause = true
      do {
        let subchannel = try await core.pick(
          avoiding: failed, waitForReady: options.waitForReady, deadline: deadline)
        failed.append(subchannel)
        // A connection that ended just now is as good as one that was never picked.
        guard let (call, head) = makeCall(method, options, deadline, on: subchannel) else {
          throw Self.notBegun(subchannel)
        }
        return try await attempt(call, head)
      } catch let failure as CallFailure {
        guard mayRetry(method, failure, attempts) else { throw failure.error }
        error = failure.error
        pause = !failure.isUnprocessed || attempts > 1
      } catch let failure as RPCError {
        // There was no connection. For calls that may be repeated that is one attempt.
        guard failure.code == .unavailable, method.idempotency.allowsRetry,
          attempts < core.options.retry.maxAttempts
        else { throw failure }
        error = failure
      } catch is CancellationError {
        throw RPCError(.cancelled, "the call was cancelled")
      }
      if pause {
        let delay = core.options.retry.delay(afterAttempt: attempts)
        if let deadline, deadline - .now <= delay { throw error }
        do { try await Task.sleep(for: delay) } catch { throw RPCError(.cancelled, "the call was cancelled") }
      }
    }
  }

  private func mayRetry(_ method: MethodPath, _ failure: CallFailure, _ attempts: Int) -> Bool {
    if attempts >= core.options.retry.maxAttempts || failure.hasReply { return false }
    if failure.isUnprocessed { return true }
    return method.idempotency.allowsRetry && failure.error.code == .unavailable
  }

  private func makeCall(
    _ method: MethodPath, _ options: CallOptions, _ deadline: ContinuousClock.Instant?,
    on subchannel: Subchannel
  ) -> (ClientCall, HTTP2Head)? {
    guard let connection = subchannel.connection else { return nil }
    subchannel.inFlight.wrappingAdd(1, ordering: .relaxed)
    let metrics = core.metrics.method(method.path).attempts
    metrics.started()
    let start = NIODeadline.now()
    let span = Self.span(method, options)
    let encoding = encoding(options)
    let call = ClientCall(
      method: method, connection: connection, maxMessageBytes: options.maxResponseBytes,
      windowSize: core.options.http.streamWindow, encoding: encoding
    ) { failure, traffic in
      subchannel.inFlight.wrappingSubtract(1, ordering: .relaxed)
      metrics.ended(failure?.error.code ?? .ok, since: start, traffic)
      span?.callEnded(
        failure?.error.code ?? .ok, failure?.error.message ?? "", peer: subchannel.endpoint.text)
    }
    var head = HTTP2Head(
      method: "POST", scheme: connection.isTLS ? "https" : "http", authority: subchannel.endpoint.authority,
      path: method.path, fields: Self.requestHead)
    if let deadline { head.fields.add("grpc-timeout", GRPCTimeout.format(deadline - .now)) }
    if encoding != .identity { head.fields.add("grpc-encoding", encoding.rawValue) }
    for entry in options.metadata { head.fields.add(entry.key, entry.value) }
    span?.trace.add(to: &head.fields)
    return (call, head)
  }

  /// The attempt's part in the trace of the work it is made for, unless the caller brings a context of its own.
  private static func span(_ method: MethodPath, _ options: CallOptions) -> CallSpan? {
    guard let span = CallScope.current?.span, options.metadata[TraceContext.parentField] == nil else {
      return nil
    }
    return span.client(method.path)
  }

  private func encoding(_ options: CallOptions) -> MessageEncoding {
    options.compression ?? core.options.compression
  }

  private static let requestHead: HTTPFields = [
    "content-type": "application/grpc", "te": "trailers", "user-agent": "grpc-weft/0.1",
    "grpc-accept-encoding": MessageEncoding.accepted,
  ]

  private static func reply(of call: ClientCall) async throws -> UnaryResponse {
    guard let message = try await call.nextOrFailure() else {
      throw RPCError(.internalError, "the server ended the call without a message")
    }
    if try await call.nextOrFailure() != nil {
      call.cancel()
      throw RPCError(.internalError, "the server sent more than one message")
    }
    return UnaryResponse(
      message: try message.unpacked(), encoding: message.encoding, metadata: call.initialNow(),
      trailers: call.trailers)
  }

  private func intercepted<Result>(
    _ index: Int, _ method: MethodPath, _ options: CallOptions,
    _ body: (CallOptions) async throws -> Result
  ) async throws -> Result {
    guard core.options.interceptors.indices.contains(index) else { return try await body(options) }
    return try await core.options.interceptors[index].intercept(method, options: options) { options in
      try await self.intercepted(index + 1, method, options, body)
    }
  }
}

extension Endpoint {
  /// The `:authority` of calls to this address.
  var authority: String { host.hasPrefix("unix:") ? "localhost" : text }
}
