import WeftProtobuf
import WeftRPC

extension RegistryError: RPCErrorConvertible {
  public var rpcError: RPCError {
    switch self {
    case .invalidArgument(let field, let reason):
      RPCError(.invalidArgument, description, details: [Self.badRequest(field, reason)])
    case .permissionDenied: RPCError(.permissionDenied, description)
    case .notFound: RPCError(.notFound, description)
    case .failedPrecondition: RPCError(.failedPrecondition, description)
    case .resourceExhausted: RPCError(.resourceExhausted, description)
    case .unavailable: RPCError(.unavailable, description)
    }
  }

  /// The field for programs, as the message tells it for people.
  private static func badRequest(_ field: String, _ reason: String) -> Google_Rpc_BadRequest {
    var violation = Google_Rpc_BadRequest.FieldViolation()
    violation.field = field
    violation.description_ = reason
    var details = Google_Rpc_BadRequest()
    details.fieldViolations = [violation]
    return details
  }
}
