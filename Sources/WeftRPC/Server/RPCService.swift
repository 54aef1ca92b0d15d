import WeftProtobuf

/// An implementation of one protobuf service. Generated protocols refine it; a handler conforms to those.
public protocol RPCService: Sendable {
  /// Full name, such as `weft.config.v1.ConfigService`.
  static var serviceName: String { get }
  /// The file that declares the service.
  static var file: GeneratedFile { get }
  /// Adds the service's methods.
  func register(in router: inout RPCRouter)
}
