import WeftHTTP2
import WeftRPC

/// The errors that the gateway finds before any service is asked.
extension GatewayError {
  /// To be tried again: the services that there are become known in a moment.
  static let starting = GatewayError(
    .unavailable, "the gateway has just started and does not know every service yet")

  static func noRoute(_ method: String, _ path: String) -> GatewayError {
    GatewayError(.notFound, "no route for \(method) \(path.prefix(500))")
  }

  static func wrongMethod(_ method: String, _ path: String, allowed: [String]) -> GatewayError {
    let allowed = allowed.sorted().joined(separator: ", ")
    return GatewayError(
      .unimplemented, "\(method) is not allowed for \(path.prefix(500)): use \(allowed)", httpStatus: 405,
      fields: ["allow": allowed])
  }

  static func bodyTooLarge(limit: Int) -> GatewayError {
    GatewayError(
      .resourceExhausted, "the request body is larger than \(limit) bytes", httpStatus: 413)
  }

  static func messageTooLarge(_ size: Int, service: String, reason: String) -> GatewayError {
    GatewayError(
      .resourceExhausted,
      "service \"\(service)\" does not take the request, which is a message of \(size) bytes: \(reason)",
      httpStatus: 413)
  }

  static func bodyTooSlow(limit: Duration) -> GatewayError {
    GatewayError(
      .deadlineExceeded, "the request body did not arrive within \(limit)", httpStatus: 408)
  }

  static func tooManyBodies() -> GatewayError {
    GatewayError(.unavailable, "too many large requests at once: try again", fields: ["retry-after": "1"])
  }

  static func unsupportedType(_ reason: String) -> GatewayError {
    GatewayError(
      .invalidArgument, reason, httpStatus: 415, fields: ["accept": "application/json"])
  }

  static func notAcceptable() -> GatewayError {
    GatewayError(
      .invalidArgument, "a stream can be had as text/event-stream or application/x-ndjson", httpStatus: 406)
  }

  static func clientStreaming(_ method: String) -> GatewayError {
    GatewayError(
      .unimplemented, "\(method) takes a stream of requests, which JSON over HTTP cannot send yet: use gRPC")
  }

  static func badHeader(_ name: String, _ reason: String) -> GatewayError {
    GatewayError(.invalidArgument, "header \(name): \(reason)")
  }
}
