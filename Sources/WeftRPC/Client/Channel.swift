import NIOCore
import NIOPosix

/// A gRPC client for one service, over as many connections as it has addresses.
///
/// Connections are made at once and again whenever they end. Calls wait while a first connection is
/// being made and fail with UNAVAILABLE when none can be, unless they ask to wait for one.
public final class Channel: RPCChannel {
  let core: ChannelCore
  let maker: AttemptMaker

  /// - Parameter target: `dns:///host:port`, `ipv4:a:port,b:port`, `ipv6:[a]:port`, `static:host:port,...`,
  ///   `unix:path`, `weft:///service`, or `host:port`.
  public init(
    target: String, options: ChannelOptions = ChannelOptions(),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    core = ChannelCore(target: ResolverTarget(target), options: options, group: group)
    maker = AttemptMaker(core: core)
    EntityRegistry.shared.add(core)
    core.start()
  }

  deinit {
    core.shutdown()
  }

  /// Takes no more calls. Those that run may finish.
  public func shutdown() async {
    core.shutdown()
  }

  public func withCall<Result>(
    _ method: MethodPath, options: CallOptions, _ body: (ClientCall) async throws -> Result
  ) async throws -> Result {
    try await intercepted(by: maker.interceptors(of: method)[...], method, options) { options in
      try await self.withCall(ClientCall(self.maker.plan(method, options), self.maker), body)
    }
  }

  private func withCall<Result>(
    _ call: ClientCall, _ body: (ClientCall) async throws -> Result
  ) async throws -> Result {
    try await withTaskCancellationHandler {
      defer { call.cancel() }
      try await call.begin()
      return try await body(call)
    } onCancel: {
      call.cancel()
    }
  }

  /// Makes attempts beside each other.
  func hedged(_ plan: CallPlan, _ framed: ByteBuffer) async throws -> UnaryResponse {
    try await withCall(ClientCall(plan, maker, onlyMessage: framed)) { call in
      guard let message = try await call.nextReceived() else { throw Self.noMessage }
      if try await call.nextReceived() != nil { throw Self.secondMessage }
      return UnaryResponse(
        message: try message.unpacked(), encoding: message.encoding,
        metadata: try await call.initialMetadata(), trailers: call.trailers)
    }
  }

  static let noMessage = RPCError(.internalError, "the server ended the call without a message")
  private static let secondMessage = RPCError(.internalError, "the server sent more than one message")

  func intercepted<Result>(
    by interceptors: ArraySlice<any ClientInterceptor>, _ method: MethodPath, _ options: CallOptions,
    _ body: (CallOptions) async throws -> Result
  ) async throws -> Result {
    guard let first = interceptors.first else { return try await body(options) }
    return try await first.intercept(method, options: options) { options in
      try await self.intercepted(by: interceptors.dropFirst(), method, options, body)
    }
  }
}
