import WeftProtobuf

/// An enum as an enum, with one more case for the numbers that it does not declare.
struct EnumEmitter {
  let enumeration: EnumDescriptor
  let context: EmissionContext
  /// Values that are not aliases, with their case.
  private let cases: [(value: EnumValueDescriptor, name: String)]
  private let aliases: [(value: EnumValueDescriptor, name: String, of: String)]

  init(_ enumeration: EnumDescriptor, _ context: EmissionContext) {
    self.enumeration = enumeration
    self.context = context
    var scope = NameScope(reserved: ReservedNames.enumMembers)
    var cases: [(value: EnumValueDescriptor, name: String)] = []
    var aliases: [(value: EnumValueDescriptor, name: String, of: String)] = []
    var names: [Int32: String] = [:]
    for value in enumeration.values {
      let short =
        SwiftIdentifier.withoutPrefix(value.name, ofEnum: enumeration.name) ?? value.name
      let wanted = SwiftIdentifier.lowerCamel(short)
      let original = names[value.number]
      // An alias that Swift spells like its original needs nothing.
      if original == wanted { continue }
      let name = scope.take(wanted.allSatisfy { $0 == "_" } ? Self.name(of: value.number) : wanted)
      if let original {
        aliases.append((value, name, original))
      } else {
        names[value.number] = name
        cases.append((value, name))
      }
    }
    self.cases = cases
    self.aliases = aliases
  }

  /// For a value whose own name is nothing but underscores.
  private static func name(of number: Int32) -> String {
    number < 0 ? "valueMinus\(number.magnitude)" : "value\(number)"
  }

  func emit(_ writer: inout CodeWriter) throws(GenerationError) {
    let access = context.access
    writer.gap()
    writer.lines(DocComment.lines(enumeration.comment, deprecated: context.isDeprecated(enumeration)))
    try writer.block(
      "\(access)nonisolated enum \(context.names.declared(enumeration)): ProtoEnum, CaseIterable"
    ) {
      (writer) throws(GenerationError) in
      for (value, name) in cases {
        writer.lines(DocComment.lines(value.comment, deprecated: value.isDeprecated))
        writer.line("case \(ReservedNames.quoted(name))")
      }
      writer.line("/// A number that this version of the enum does not declare.")
      writer.line("case unrecognized(Int32)")
      for (value, name, original) in aliases {
        writer.gap()
        writer.lines(DocComment.lines(value.comment, deprecated: value.isDeprecated))
        writer.line("\(access)static var \(ReservedNames.quoted(name)): Self { .\(original) }")
      }
      try emitConformance(&writer)
    }
  }

  private func emitConformance(_ writer: inout CodeWriter) throws(GenerationError) {
    let access = context.access
    writer.gap()
    writer.line("\(access)init() { self = .\(cases.first?.name ?? "unrecognized(0)") }")
    writer.gap()
    try writer.block("\(access)init(rawValue: Int32)") { (writer) throws(GenerationError) in
      writer.line("switch rawValue {")
      for (value, name) in cases { writer.line("case \(value.number): self = .\(name)") }
      writer.line("default: self = .unrecognized(rawValue)")
      writer.line("}")
    }
    writer.gap()
    try writer.block("\(access)var rawValue: Int32") { (writer) throws(GenerationError) in
      writer.line("switch self {")
      for (value, name) in cases { writer.line("case .\(name): \(value.number)") }
      writer.line("case .unrecognized(let number): number")
      writer.line("}")
    }
    writer.gap()
    writer.line("/// The declared values.")
    writer.line(
      "\(access)static let allCases: [Self] = [\(cases.map { "." + $0.name }.joined(separator: ", "))]")
    writer.gap()
    writer.line(
      "\(access)static let enumDescriptor: EnumDescriptor = \(context.handle(enumeration.file))"
        + ".enumeration(\(CodeWriter.literal(enumeration.fullName)))")
  }
}
