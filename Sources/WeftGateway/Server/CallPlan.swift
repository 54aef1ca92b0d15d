import WeftHTTP2
import WeftProtobuf
import WeftRPC

/// How one request becomes a call: its metadata, its time, its size.
enum CallPlan {
  /// - Throws: ``GatewayError`` when a header cannot be used.
  static func options(
    for request: HTTPRequestHead, route: Route, requestID: String, configuration: GatewayConfiguration
  ) throws(GatewayError) -> CallOptions {
    var options = CallOptions()
    options.metadata = try MetadataForwarding.metadata(for: request, requestID: requestID)
    options.maxResponseBytes = configuration.maxResponseBytes
    let asked = try timeout(in: request.fields)
    // A stream may go on for ever, unless its client says how long it wants it.
    if let timeout = asked ?? (route.method.isServerStreaming ? nil : configuration.timeout) {
      options.timeout = min(timeout, configuration.maxTimeout)
    }
    return options
  }

  private static func timeout(in fields: HTTPFields) throws(GatewayError) -> Duration? {
    if let text = fields["grpc-timeout"] {
      guard let timeout = RequestTimeout.grpc(text) else {
        throw .badHeader("grpc-timeout", "expected at most eight digits and one of HMSmun, such as 500m")
      }
      return timeout
    }
    if let text = fields["x-request-timeout"] {
      guard let timeout = RequestTimeout.seconds(text) else {
        throw .badHeader("x-request-timeout", "expected seconds, such as 2 or 0.5")
      }
      return timeout
    }
    return nil
  }
}

extension Route {
  /// What the channel needs to know of the method.
  ///
  /// Calls that can be repeated without harm are retried by the channel. That is what the method's
  /// `idempotency_level` says, and what GET means (RFC 9110, section 9.2.1).
  static func path(of method: MethodDescriptor, verb: String) -> MethodPath {
    let idempotency: Idempotency =
      switch method.idempotency {
      case .noSideEffects: .noSideEffects
      case .idempotent: .idempotent
      case .unknown: verb == "GET" ? .noSideEffects : .unknown
      }
    let kind: CallKind =
      switch (method.isClientStreaming, method.isServerStreaming) {
      case (false, false): .unary
      case (true, false): .clientStreaming
      case (false, true): .serverStreaming
      case (true, true): .bidirectional
      }
    return MethodPath(path: method.path, kind: kind, idempotency: idempotency)
  }
}
