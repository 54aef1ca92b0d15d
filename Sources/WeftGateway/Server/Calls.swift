import NIOCore
import WeftHTTP2
import WeftRPC

/// Calls services for HTTP requests: the part that all ways in share.
struct Calls: Sendable {
  let configuration: GatewayConfiguration
  let backends: Backends
  let bodies: BodyReader

  /// Bodies from here on are transcoded away from the event loop, which other connections share.
  static let largeBody = 128 << 10

  /// Makes a unary call.
  /// - Throws: ``GatewayError``, also for what the service answered.
  func unary(_ route: Route, _ message: ByteBuffer, _ options: CallOptions) async throws -> UnaryResponse {
    do {
      return try await backends.channel(to: route.service).unary(route.path, message, options: options)
    } catch {
      throw Self.gatewayError(error, route)
    }
  }

  /// Turns an answer's message into JSON, away from the event loop when that takes long.
  func json(_ route: Route, _ message: ByteBuffer) async throws -> [UInt8] {
    try await Self.transcode(size: message.readableBytes) { try route.response(message) }
  }

  static func transcode<R: Sendable>(size: Int, _ work: @Sendable () throws -> R) async throws -> R {
    if size < largeBody { return try work() }
    return try await withTaskExecutorPreference(globalConcurrentExecutor) { try work() }
  }

  static func gatewayError(_ error: any Error, _ route: Route) -> GatewayError {
    switch error {
    case let error as GatewayError: error
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
