import NIOCore
import WeftHTTP2
import WeftRPC

/// Calls services for HTTP requests: the part that all ways in share.
struct Calls: Sendable {
  let configuration: GatewayConfiguration
  let backends: Backends
  let bodies: BodyReader
  private let largeWork = WorkSlots(count: 4)

  /// Bodies from here on are transcoded away from the event loop, which other connections share, and a few at a
  /// time, since each may take many times its size in memory while that lasts.
  static let largeBody = 128 << 10

  init(configuration: GatewayConfiguration, backends: Backends, bodies: BodyReader) {
    self.configuration = configuration
    self.backends = backends
    self.bodies = bodies
  }

  /// Makes a unary call.
  /// - Throws: ``GatewayError``, also for what the service answered.
  func unary(_ route: Route, _ message: ByteBuffer, _ options: CallOptions) async throws -> UnaryResponse {
    do {
      return try await backends.channel(to: route.service).unary(route.path, message, options: options)
    } catch {
      throw Self.gatewayError(error, route, requestBytes: message.readableBytes)
    }
  }

  /// Turns an answer's message into JSON, away from the event loop when that takes long.
  func json(_ route: Route, _ message: ByteBuffer) async throws -> [UInt8] {
    try await transcode(size: message.readableBytes) { try route.response(message) }
  }

  /// Runs work on a body of this size where and when it disturbs nobody.
  func transcode<R: Sendable>(size: Int, _ work: @Sendable () throws -> R) async throws -> R {
    if size < Self.largeBody { return try work() }
    return try await largeWork.withSlot {
      try await withTaskExecutorPreference(globalConcurrentExecutor) { try work() }
    }
  }

  /// The size of a message that servers take unless they are told otherwise.
  static let usualMessageLimit = 4 << 20

  static func gatewayError(_ error: any Error, _ route: Route, requestBytes: Int) -> GatewayError {
    switch error {
    case let error as GatewayError: error
    case let error as RPCError where error.code == .resourceExhausted && requestBytes > usualMessageLimit:
      // A size will not pass by waiting, which 429 would ask for.
      .messageTooLarge(requestBytes, service: route.service, reason: error.message)
    case let error as RPCError: GatewayError(error, pool: route.pool)
    case is CancellationError: GatewayError(.cancelled, "the request was cancelled")
    default: GatewayError(.internalError, "the call failed")
    }
  }

  /// Metadata and trailers of an answer as header fields.
  static func fields(of response: UnaryResponse) -> HTTPFields {
    var fields = HTTPFields()
    MetadataForwarding.fields(response.metadata, prefix: MetadataForwarding.prefix, into: &fields)
    MetadataForwarding.fields(response.trailers, prefix: MetadataForwarding.trailerPrefix, into: &fields)
    return fields
  }
}
