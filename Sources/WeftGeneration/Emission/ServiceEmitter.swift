import WeftProtobuf

/// A service as three things: its methods, the protocol of its handler, and its client.
struct ServiceEmitter {
  let service: ServiceDescriptor
  let context: EmissionContext
  private let methods: [MethodEmitter]
  private let prefix: String

  init(_ service: ServiceDescriptor, _ context: EmissionContext) {
    self.service = service
    self.context = context
    prefix = context.names.prefix(of: service)
    var scope = NameScope(reserved: ReservedNames.serviceMembers)
    let methodsType = prefix + "Methods"
    methods = service.methods.map { method in
      MethodEmitter(
        method, name: scope.take(SwiftIdentifier.lowerCamel(method.name)), methodsType: methodsType,
        context)
    }
  }

  private var isDeprecated: Bool { service.isDeprecated || service.file.isDeprecated }

  func emit(_ writer: inout CodeWriter) throws(GenerationError) {
    try emitMethods(&writer)
    if context.options.server { try emitHandler(&writer) }
    if context.options.client { try emitClient(&writer) }
  }

  private func emitMethods(_ writer: inout CodeWriter) throws(GenerationError) {
    writer.gap()
    writer.line("/// The methods of `\(service.fullName)`.")
    try writer.block("\(context.access)nonisolated enum \(prefix)Methods") {
      (writer) throws(GenerationError) in
      for method in methods { method.emitDeclaration(&writer) }
    }
  }

  private func emitHandler(_ writer: inout CodeWriter) throws(GenerationError) {
    let access = context.access
    writer.gap()
    writer.lines(DocComment.lines(service.comment, deprecated: isDeprecated))
    try writer.block("\(access)nonisolated protocol \(prefix)Handler: RPCService") {
      (writer) throws(GenerationError) in
      for method in methods { method.emitRequirement(&writer) }
    }
    writer.gap()
    try writer.block("nonisolated extension \(prefix)Handler") { (writer) throws(GenerationError) in
      writer.line(
        "\(access)static var serviceName: String { \(CodeWriter.literal(service.fullName)) }")
      writer.gap()
      writer.line("\(access)static var file: GeneratedFile { \(context.handle(service.file)) }")
      writer.gap()
      try writer.block("\(access)func register(in router: inout RPCRouter)") {
        (writer) throws(GenerationError) in
        for method in methods { method.emitRegistration(&writer) }
      }
    }
  }

  private func emitClient(_ writer: inout CodeWriter) throws(GenerationError) {
    let access = context.access
    writer.gap()
    writer.lines(DocComment.lines(service.comment))
    if isDeprecated { writer.line("@available(*, deprecated)") }
    try writer.block("\(access)nonisolated struct \(prefix)Client: Sendable") {
      (writer) throws(GenerationError) in
      writer.line("private let channel: any RPCChannel")
      writer.gap()
      writer.line("\(access)init(_ channel: any RPCChannel) { self.channel = channel }")
      for method in methods { try method.emitCall(&writer) }
    }
  }
}
