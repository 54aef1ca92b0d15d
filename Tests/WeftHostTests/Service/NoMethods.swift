import WeftProtobuf
import WeftRPC

/// A service that answers nothing.
struct NoMethods: RPCService {
  static let serviceName = "test.NoMethods"
  static var file: GeneratedFile { ProtoFile_google__protobuf__descriptor.file }
  func register(in router: inout RPCRouter) {}
}
