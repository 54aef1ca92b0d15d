import WeftProtobuf

/// `grpc.reflection.v1.ServerReflection`, and `v1alpha`, whose messages are the same on the wire: lets
/// tools make calls to services whose protos they do not have.
struct ReflectionService: RPCService {
  static let serviceName = "grpc.reflection.v1.ServerReflection"
  private static let alphaName = "grpc.reflection.v1alpha.ServerReflection"
  static var file: GeneratedFile { ProtoFile_grpc__reflection__v1__reflection.file }

  private let services: [String]
  private let pool: DescriptorPool?

  /// - Parameter services: what is to be told of. The reflection service tells of itself as well.
  init(services: [any RPCService]) {
    var names = services.map { type(of: $0).serviceName }
    names.append(contentsOf: [Self.serviceName, Self.alphaName])
    self.services = names.sorted()
    var seen: Set<String> = []
    var files: [[UInt8]] = []
    let sources =
      services.map { type(of: $0).file } + [
        Self.file, ProtoFile_grpc__reflection__v1alpha__reflection.file,
      ]
    for source in sources {
      for file in source.pool.files where seen.insert(file.name).inserted { files.append(file.serialized) }
    }
    pool = try? DescriptorPool(serializedFiles: files)
  }

  func register(in router: inout RPCRouter) {
    for name in [Self.serviceName, Self.alphaName] {
      let method = RPCMethod<
        Grpc_Reflection_V1_ServerReflectionRequest, Grpc_Reflection_V1_ServerReflectionResponse
      >(service: name, name: "ServerReflectionInfo", kind: .bidirectional, idempotency: .noSideEffects)
      router.bidirectional(method) { requests, responses, _ in
        for try await request in requests { try await responses.write(answer(request)) }
      }
    }
  }

  private typealias Response = Grpc_Reflection_V1_ServerReflectionResponse

  private func answer(_ request: Grpc_Reflection_V1_ServerReflectionRequest) -> Response {
    var response = Response()
    response.validHost = request.host
    response.originalRequest = request
    response.messageResponse = content(request)
    return response
  }

  private func content(_ request: Grpc_Reflection_V1_ServerReflectionRequest)
    -> Response.OneOf_MessageResponse
  {
    switch request.messageRequest {
    case .listServices:
      return .listServicesResponse(
        .with { list in list.service = services.map { name in .with { $0.name = name } } })
    case .fileByFilename(let name):
      return files(pool?.file(named: name), "the file \"\(name)\"")
    case .fileContainingSymbol(let symbol):
      return files(pool?.file(declaring: symbol), "the symbol \"\(symbol)\"")
    case .fileContainingExtension(let wanted):
      let field = pool?.`extension`(of: wanted.containingType, number: Int(wanted.extensionNumber))
      return files(field?.file, "extension \(wanted.extensionNumber) of \"\(wanted.containingType)\"")
    case .allExtensionNumbersOfType(let type):
      guard pool?.message(named: type) != nil else {
        return error(.notFound, "there is no type \"\(type)\" here")
      }
      let numbers = pool?.extensions(of: type).map { Int32(clamping: $0.number) } ?? []
      return .allExtensionNumbersResponse(
        .with {
          $0.baseTypeName = type
          $0.extensionNumber = numbers
        })
    case nil:
      return error(.invalidArgument, "the request asks for nothing")
    }
  }

  /// A file with all that it imports, so that a client needs to ask only once.
  private func files(_ file: FileDescriptor?, _ what: String) -> Response.OneOf_MessageResponse {
    guard let file, let pool else { return error(.notFound, "there is no \(what.dropFirst(4)) here") }
    let closure = pool.closure(of: file)
    // The file that was asked for comes first.
    let ordered = [file] + closure.filter { $0.name != file.name }
    return .fileDescriptorResponse(.with { $0.fileDescriptorProto = ordered.map(\.serialized) })
  }

  private func error(_ code: StatusCode, _ message: String) -> Response.OneOf_MessageResponse {
    .errorResponse(
      .with {
        $0.errorCode = Int32(code.rawValue)
        $0.errorMessage = message
      })
  }
}
