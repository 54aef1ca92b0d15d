import WeftProtobuf
import WeftRPC

/// Learns a server's types by `grpc.reflection.v1`, or `v1alpha` from servers that have only that.
struct ReflectionTypes {
  typealias Request = Grpc_Reflection_V1_ServerReflectionRequest
  typealias Response = Grpc_Reflection_V1_ServerReflectionResponse

  /// A server must not keep us busy for ever.
  static let maxFiles = 512
  /// Where the command has no deadline.
  static let timeout = Duration.seconds(10)

  let channel: Channel

  func pool() async throws -> DescriptorPool {
    do {
      return try await pool(package: "grpc.reflection.v1")
    } catch let error as RPCError where error.code == .unimplemented {
      return try await pool(package: "grpc.reflection.v1alpha")
    }
  }

  /// The messages of both versions look the same on the wire.
  private func pool(package: String) async throws -> DescriptorPool {
    let method = RPCMethod<Request, Response>(
      service: "\(package).ServerReflection", name: "ServerReflectionInfo", kind: .bidirectional)
    return try await channel.bidirectional(
      method, options: CallOptions(timeout: CommandDeadline.or(Self.timeout))
    ) {
      requests, responses in
      var conversation = Conversation(requests: requests, responses: responses.makeAsyncIterator())
      let pool = try await conversation.pool()
      try await requests.finish()
      return pool
    }
  }

  /// One question, one answer, until every file is known.
  private struct Conversation {
    let requests: RequestWriter<Request>
    var responses: ResponseStream<Response>.AsyncIterator
    var files: [String: [UInt8]] = [:]

    mutating func pool() async throws -> DescriptorPool {
      var question = Request()
      question.listServices = "*"
      let services = try await ask(question).listServicesResponse?.service.map(\.name) ?? []
      for service in services { try await fetch { $0.fileContainingSymbol = service } }
      // Some servers send only the file that was asked for.
      while let missing = try missingFile() { try await fetch { $0.fileByFilename = missing } }
      return try DescriptorPool(serializedFiles: files.sorted { $0.key < $1.key }.map(\.value))
    }

    private mutating func fetch(_ fill: (inout Request) -> Void) async throws {
      var question = Request()
      fill(&question)
      for bytes in try await ask(question).fileDescriptorResponse?.fileDescriptorProto ?? [] {
        files[try FileHeader(bytes).name] = bytes
      }
      guard files.count <= ReflectionTypes.maxFiles else {
        throw Failure("the server describes itself in more than \(ReflectionTypes.maxFiles) files")
      }
    }

    private func missingFile() throws -> String? {
      for bytes in files.values {
        if let missing = try FileHeader(bytes).dependencies.first(where: { files[$0] == nil }) {
          return missing
        }
      }
      return nil
    }

    private mutating func ask(_ question: Request) async throws -> Response {
      do {
        try await requests.write(question)
      } catch is CallEndedEarly {
        // How it ended is what the reader is told.
      }
      guard let answer = try await responses.next() else {
        throw Failure("the server ended the reflection call early")
      }
      if let error = answer.errorResponse {
        throw Failure("the server's reflection refuses \(question): \(error.errorMessage)")
      }
      return answer
    }
  }
}

/// The name and the imports of a serialised FileDescriptorProto.
private struct FileHeader {
  var name = ""
  var dependencies: [String] = []

  init(_ bytes: [UInt8]) throws {
    let file = ProtoFile_google__protobuf__descriptor.file
    let type = file.message("google.protobuf.FileDescriptorProto")
    let message = try DynamicMessage(type, pool: file.pool, serialized: bytes)
    if let field = type.field(named: "name"), case .string(let text) = message.get(field) { name = text }
    guard let field = type.field(named: "dependency"), case .list(let values) = message.get(field) else {
      return
    }
    for case .string(let text) in values { dependencies.append(text) }
  }
}
