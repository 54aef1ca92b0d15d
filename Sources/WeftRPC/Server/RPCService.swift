import WeftProtobuf

/// An implementation of one protobuf service. Generated protocols refine it; a handler conforms to those.
public protocol RPCService: Sendable {
  /// Full name, such as `weft.config.v1.ConfigService`.
  static var serviceName: String { get }
  /// The file that declares the service.
  static var file: GeneratedFile { get }
  /// Adds the service's methods.
  func register(in router: inout RPCRouter)
  /// Where the service's handlers run. ``HandlerExecution/eventLoop`` when a service does not say.
  var execution: HandlerExecution { get }
  /// Where one method's handler runs: ``execution`` when a service does not say.
  ///
  /// - Parameter method: its name in the proto, such as `GetConfig`.
  func execution(of method: String) -> HandlerExecution
}

extension RPCService {
  public var execution: HandlerExecution { .eventLoop }
  public func execution(of method: String) -> HandlerExecution { execution }
}
