import WeftProtobuf

/// A message as a struct.
struct MessageEmitter {
  let message: MessageDescriptor
  let context: EmissionContext
  private let fields: [FieldEmitter]
  private let oneofs: [OneofEmitter]

  init(_ message: MessageDescriptor, _ context: EmissionContext) throws(GenerationError) {
    self.message = message
    self.context = context
    if let group = message.fields.first(where: { $0.type == .group }) {
      throw GenerationError(
        "\(message.file.name): \(group.fullName) is a group, which is not supported; "
          + "use a message field")
    }
    let layout = MessageLayout(message)
    let names = MessageNames(message, context.names)
    let fields = message.fields.map { field in
      FieldEmitter(
        field, layout.fields[field.index], name: names.fields[field.index],
        backingName: names.storage[field.index], context)
    }
    self.fields = fields
    oneofs = message.oneofs.map { oneof in
      OneofEmitter(
        oneof, oneof.fields.map { fields[$0.index] }, property: names.oneofs[oneof.index],
        type: names.oneofTypes[oneof.index], context)
    }
  }

  func emit(_ writer: inout CodeWriter) throws(GenerationError) {
    writer.gap()
    writer.lines(DocComment.lines(message.comment, deprecated: context.isDeprecated(message)))
    try writer.block("\(context.access)nonisolated struct \(context.names.declared(message)): Message") {
      (writer) throws(GenerationError) in
      for field in fields where field.field.oneof == nil { try field.emitProperty(&writer) }
      for oneof in oneofs { try oneof.emitProperties(&writer) }
      writer.gap()
      writer.line("\(context.access)var unknownFields = UnknownFields()")
      for oneof in oneofs { try oneof.emitType(&writer) }
      for nested in message.nestedEnums { try EnumEmitter(nested, context).emit(&writer) }
      for nested in message.nestedMessages where !nested.isMapEntry {
        try MessageEmitter(nested, context).emit(&writer)
      }
      try emitConformance(&writer)
    }
  }

  private func emitConformance(_ writer: inout CodeWriter) throws(GenerationError) {
    let access = context.access
    writer.gap()
    writer.line("\(access)init() {}")
    writer.gap()
    writer.line(
      "\(access)static let messageDescriptor: MessageDescriptor = \(context.handle(message.file))"
        + ".message(\(CodeWriter.literal(message.fullName)))")
    writer.gap()
    try writer.block("\(access)init(unsafeCMessage m: UnsafeRawPointer)") {
      (writer) throws(GenerationError) in
      for field in fields where field.field.oneof == nil { field.emitRead(&writer) }
      for oneof in oneofs { oneof.emitRead(&writer) }
      writer.line("self.unknownFields = CField.unknown(m)")
    }
    writer.gap()
    try writer.block(
      "\(access)func fill(unsafeCMessage m: UnsafeMutableRawPointer, arena: ArenaReference) throws"
    ) { (writer) throws(GenerationError) in
      for field in fields where field.field.oneof == nil { try field.emitWrite(&writer) }
      for oneof in oneofs { oneof.emitWrite(&writer) }
      writer.line("try CField.setUnknown(self.unknownFields, m, arena)")
    }
  }
}
