import WeftRPC

extension StatusCode {
  /// The HTTP status of an answer that failed with this code, as `google/rpc/code.proto` maps them.
  var httpStatus: Int {
    switch self {
    case .ok: 200
    case .cancelled: 499
    case .unknown, .internalError, .dataLoss: 500
    case .invalidArgument, .failedPrecondition, .outOfRange: 400
    case .deadlineExceeded: 504
    case .notFound: 404
    case .alreadyExists, .aborted: 409
    case .permissionDenied: 403
    case .unauthenticated: 401
    case .resourceExhausted: 429
    case .unimplemented: 501
    case .unavailable: 503
    }
  }
}
