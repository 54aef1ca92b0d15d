import WeftProtobuf

/// One method of a service.
struct MethodEmitter {
  let method: MethodDescriptor
  let name: String
  let context: EmissionContext
  private let declaration: String
  private let request: String
  private let response: String

  init(
    _ method: MethodDescriptor, name: String, methodsType: String, _ context: EmissionContext
  ) {
    self.method = method
    self.name = name
    self.context = context
    declaration = "\(methodsType).\(name)"
    request = context.names.type(method.input)
    response = context.names.type(method.output)
  }

  private enum Kind: String {
    case unary, clientStreaming, serverStreaming, bidirectional
  }

  private var kind: Kind {
    switch (method.isClientStreaming, method.isServerStreaming) {
    case (false, false): .unary
    case (true, false): .clientStreaming
    case (false, true): .serverStreaming
    case (true, true): .bidirectional
    }
  }

  private var idempotency: String {
    switch method.idempotency {
    case .unknown: "unknown"
    case .idempotent: "idempotent"
    case .noSideEffects: "noSideEffects"
    }
  }

  /// `static let getConfig = RPCMethod<Request, Response>(...)`.
  func emitDeclaration(_ writer: inout CodeWriter) {
    writer.line(
      "\(context.access)static let \(ReservedNames.quoted(name)) = RPCMethod<\(request), \(response)>(")
    writer.line(
      "  service: \(CodeWriter.literal(method.service.fullName)), "
        + "name: \(CodeWriter.literal(method.name)), kind: .\(kind.rawValue), "
        + "idempotency: .\(idempotency))")
  }

  /// What the handler must implement.
  func emitRequirement(_ writer: inout CodeWriter) {
    writer.gap()
    writer.lines(DocComment.lines(method.comment, deprecated: method.isDeprecated))
    let requests =
      method.isClientStreaming ? "_ requests: RequestStream<\(request)>" : "_ request: \(request)"
    let responses = method.isServerStreaming ? ", responses: ResponseWriter<\(response)>" : ""
    let result = method.isServerStreaming ? "" : " -> \(response)"
    writer.line(
      "func \(ReservedNames.quoted(name))(\(requests)\(responses), context: ServerContext) "
        + "async throws\(result)")
  }

  /// Hands the method of a handler to the router.
  func emitRegistration(_ writer: inout CodeWriter) {
    switch kind {
    case .unary, .clientStreaming:
      writer.line("router.\(kind.rawValue)(\(declaration)) { request, context in")
      writer.line("  try await self.\(name)(request, context: context)")
    case .serverStreaming, .bidirectional:
      writer.line("router.\(kind.rawValue)(\(declaration)) { request, responses, context in")
      writer.line("  try await self.\(name)(request, responses: responses, context: context)")
    }
    writer.line("}")
  }

  /// Where a client's method runs, said so that the code means the same in every module: a call with one message
  /// each way where its caller runs, which saves two changes of executor; one with a body on Swift's pool, as the
  /// body does.
  private var isolation: String { kind == .unary ? "nonisolated(nonsending)" : "@concurrent" }

  /// The call of the client.
  func emitCall(_ writer: inout CodeWriter) throws(GenerationError) {
    writer.gap()
    writer.lines(DocComment.lines(method.comment))
    if method.isDeprecated { writer.line("@available(*, deprecated)") }
    let function = "\(isolation) \(context.access)func \(ReservedNames.quoted(name))"
    let options = "options: CallOptions = CallOptions()"
    switch kind {
    case .unary:
      try writer.block(
        "\(function)(_ request: \(request), \(options)) async throws -> \(response)"
      ) { (writer) throws(GenerationError) in
        writer.line("try await channel.unary(\(declaration), request, options: options)")
      }
    case .serverStreaming:
      writer.line("\(function)<ReturnValue>(")
      writer.line("  _ request: \(request), \(options),")
      try writer.block(
        "  _ body: (ResponseStream<\(response)>) async throws -> ReturnValue\n) async throws -> ReturnValue"
      ) { (writer) throws(GenerationError) in
        writer.line("try await channel.serverStreaming(\(declaration), request, options: options, body)")
      }
    case .clientStreaming:
      writer.line("\(function)(")
      try writer.block(
        "  \(options), _ body: (RequestWriter<\(request)>) async throws -> Void\n"
          + ") async throws -> \(response)"
      ) { (writer) throws(GenerationError) in
        writer.line("try await channel.clientStreaming(\(declaration), options: options, body)")
      }
    case .bidirectional:
      writer.line("\(function)<ReturnValue>(")
      writer.line("  \(options),")
      try writer.block(
        "  _ body: (RequestWriter<\(request)>, ResponseStream<\(response)>) async throws -> ReturnValue\n"
          + ") async throws -> ReturnValue"
      ) { (writer) throws(GenerationError) in
        writer.line("try await channel.bidirectional(\(declaration), options: options, body)")
      }
    }
  }
}
