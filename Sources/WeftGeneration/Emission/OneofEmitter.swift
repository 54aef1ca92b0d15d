import WeftProtobuf

/// A oneof as an enum whose cases carry the members.
struct OneofEmitter {
  let oneof: OneofDescriptor
  let context: EmissionContext
  let members: [FieldEmitter]
  let property: String
  let type: String
  private let cases: [String]

  init(
    _ oneof: OneofDescriptor, _ members: [FieldEmitter], property: String, type: String,
    _ context: EmissionContext
  ) {
    self.oneof = oneof
    self.members = members
    self.property = property
    self.type = type
    self.context = context
    var scope = NameScope(reserved: ReservedNames.enumMembers.union(["none", "some"]))
    cases = members.map { scope.take($0.name) }
  }

  func emitType(_ writer: inout CodeWriter) throws(GenerationError) {
    writer.gap()
    writer.lines(DocComment.lines(oneof.comment))
    try writer.block("\(context.access)nonisolated enum \(type): Sendable, Hashable") {
      (writer) throws(GenerationError) in
      for (member, name) in zip(members, cases) {
        writer.lines(DocComment.lines(member.field.comment, deprecated: member.field.isDeprecated))
        let indirect = context.storage.isIndirect(member.field) ? "indirect " : ""
        writer.line("\(indirect)case \(ReservedNames.quoted(name))(\(member.element))")
      }
    }
  }

  /// The oneof itself, and one view for each member.
  func emitProperties(_ writer: inout CodeWriter) throws(GenerationError) {
    writer.gap()
    writer.lines(DocComment.lines(oneof.comment))
    writer.line("\(context.access)var \(ReservedNames.quoted(property)): \(type)?")
    for (member, name) in zip(members, cases) {
      writer.gap()
      writer.lines(DocComment.lines(member.field.comment))
      if member.field.isDeprecated { writer.line("@available(*, deprecated)") }
      let head = "\(context.access)var \(ReservedNames.quoted(member.name)): \(member.element)?"
      try writer.block(head) { (writer) throws(GenerationError) in
        writer.line("get { if case .\(name)(let value) = self.\(property) { value } else { nil } }")
        try writer.block("set") { (writer) throws(GenerationError) in
          writer.line("if let newValue { self.\(property) = .\(name)(newValue) }")
          writer.line("else if case .\(name) = self.\(property) { self.\(property) = nil }")
        }
      }
    }
  }

  func emitRead(_ writer: inout CodeWriter) {
    guard let quantifier = members.first?.place.quantifier else { return }
    writer.line("switch CField.oneofCase(m, \(quantifier)) {")
    for (member, name) in zip(members, cases) {
      let value = FieldEmitter.read(member.field, "m", member.place.offset, context)
      writer.line("case \(member.field.number): self.\(property) = .\(name)(\(value))")
    }
    writer.line("default: break")
    writer.line("}")
  }

  func emitWrite(_ writer: inout CodeWriter) {
    writer.line("switch self.\(property) {")
    for (member, name) in zip(members, cases) {
      writer.line("case .\(name)(let value):")
      writer.line("  CField.setCase(m, \(member.place.quantifier ?? 0), \(member.field.number))")
      writer.line("  " + FieldEmitter.write(member.field, "value", "m", member.place))
    }
    writer.line("case nil: break")
    writer.line("}")
  }
}
