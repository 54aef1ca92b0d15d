import WeftProtobuf
import WeftRPC

extension GatewayError {
  /// What a service, or the channel to it, answered.
  /// - Parameter pool: the service's own types, for the details of the error.
  init(_ error: RPCError, pool: DescriptorPool) {
    self.init(
      error.code, error.message,
      details: error.details.map { StatusDetails.json(of: $0, pool: pool) } ?? [])
  }
}
