import WeftProtobuf
import WeftRPC

extension RegistryError: RPCErrorConvertible {
  public var rpcError: RPCError {
    switch self {
    case .invalidArgument: RPCError(.invalidArgument, description)
    case .permissionDenied: RPCError(.permissionDenied, description)
    case .notFound: RPCError(.notFound, description)
    case .failedPrecondition: RPCError(.failedPrecondition, description)
    case .resourceExhausted: RPCError(.resourceExhausted, description)
    case .unavailable: RPCError(.unavailable, description)
    }
  }
}
