import WeftProtobuf

/// One field as Swift: its property, and how it is copied from and to the C struct.
///
/// In the code that this writes `m` is the C struct of the message, and `e` that of a map entry.
struct FieldEmitter {
  let field: FieldDescriptor
  let context: EmissionContext
  let place: MessageLayout.Field
  /// Name of the property, without back-ticks.
  let name: String
  /// Name of the stored property.
  let storedName: String

  init(
    _ field: FieldDescriptor, _ place: MessageLayout.Field, name: String, backingName: String,
    _ context: EmissionContext
  ) {
    self.field = field
    self.place = place
    self.context = context
    self.name = name
    // A deprecated property is only a view, so that the code in here may use what is stored.
    storedName = context.storage.isIndirect(field) || field.isDeprecated ? backingName : name
  }

  var element: String { context.elementType(field) }

  var isMessage: Bool { field.messageType != nil }

  /// Whether the property is optional. proto2's required scalars have nothing to tell presence by.
  var isOptional: Bool { !field.isRepeated && (isMessage || place.quantifier != nil) }

  var type: String {
    if let key = field.mapKey, let value = field.mapValue {
      return "[\(context.elementType(key)): \(context.elementType(value))]"
    }
    if field.isRepeated { return "[\(element)]" }
    return isOptional ? element + "?" : element
  }

  // MARK: Properties

  func emitProperty(_ writer: inout CodeWriter) throws(GenerationError) {
    writer.gap()
    writer.lines(DocComment.lines(field.comment))
    if storedName == name {
      writer.line("\(context.access)var \(ReservedNames.quoted(name)): \(type)\(initialValue)")
      return
    }
    if field.isDeprecated { writer.line("@available(*, deprecated)") }
    let isIndirect = context.storage.isIndirect(field)
    let head = "\(context.access)var \(ReservedNames.quoted(name)): \(type)"
    try writer.block(head) { (writer) throws(GenerationError) in
      if isIndirect {
        writer.line("get { \(storedName)?.value }")
        writer.line("set { \(storedName) = newValue.map(Indirect.init) }")
      } else {
        writer.line("get { \(storedName) }")
        writer.line("set { \(storedName) = newValue }")
      }
    }
    let storedType = isIndirect ? "Indirect<\(element)>?" : type
    writer.line("private var \(storedName): \(storedType)\(initialValue)")
  }

  private var initialValue: String {
    if isOptional { return "" }
    if field.isMap { return " = [:]" }
    if field.isRepeated { return " = []" }
    switch field.type {
    case .string: return " = \"\""
    case .bytes: return " = []"
    case .bool: return " = false"
    case .enum: return " = \(element)()"
    default: return " = 0"
    }
  }

  // MARK: Reading

  func emitRead(_ writer: inout CodeWriter) {
    let target = "self.\(storedName)"
    if field.isRepeated {
      writer.line("\(target) = \(readRepeated)")
    } else if isMessage {
      let value = "CField.message(m, \(place.offset), as: \(element).self)"
      let stored = context.storage.isIndirect(field) ? value + ".map(Indirect.init)" : value
      writer.line(guarded("\(target) = \(stored)"))
    } else {
      writer.line(guarded("\(target) = \(Self.read(field, "m", place.offset, context))"))
    }
  }

  /// A statement that runs only when the quantifier says that the field is set.
  private func guarded(_ statement: String) -> String {
    guard let quantifier = place.quantifier else { return statement }
    let condition =
      field.isProto3Optional
      ? "CField.oneofCase(m, \(quantifier)) == \(field.number)" : "CField.has(m, \(quantifier))"
    return "if \(condition) { \(statement) }"
  }

  private var readRepeated: String {
    let range = "m, \(place.quantifier ?? 0), \(place.offset)"
    if let entry = field.messageType, let key = field.mapKey, let value = field.mapValue {
      let layout = MessageLayout(entry)
      let read = { (field: FieldDescriptor) in
        Self.read(field, "$0", layout.fields[field.index].offset, context)
      }
      return "CField.map(\(range), key: { \(read(key)) }, value: { \(read(value)) })"
    }
    switch field.type {
    case .message, .group: return "CField.messages(\(range), as: \(element).self)"
    case .enum: return "CField.enumerations(\(range), as: \(element).self)"
    case .bytes: return "CField.bytesArray(\(range))"
    default: return "CField.\(Self.accessor(field.type))s(\(range))"
    }
  }

  /// One value at a place that is known to be set.
  static func read(
    _ field: FieldDescriptor, _ pointer: String, _ offset: Int, _ context: EmissionContext
  ) -> String {
    let type = context.elementType(field)
    switch field.type {
    case .message, .group:
      return "CField.message(\(pointer), \(offset), as: \(type).self) ?? \(type)()"
    case .enum: return "CField.enumeration(\(pointer), \(offset), as: \(type).self)"
    default: return "CField.\(accessor(field.type))(\(pointer), \(offset))"
    }
  }

  private static func accessor(_ type: FieldType) -> String {
    switch type {
    case .double: "double"
    case .float: "float"
    case .int64, .sint64, .sfixed64: "int64"
    case .uint64, .fixed64: "uint64"
    case .int32, .sint32, .sfixed32, .enum: "int32"
    case .uint32, .fixed32: "uint32"
    case .bool: "bool"
    case .string: "string"
    case .bytes: "bytes"
    case .message, .group: "message"
    }
  }

  // MARK: Writing

  func emitWrite(_ writer: inout CodeWriter) throws(GenerationError) {
    if field.isMap {
      try emitMapWrite(&writer)
    } else if field.isRepeated {
      let call = isMessage ? "setMessages" : "set"
      let position = isMessage ? ", field: \(place.index)" : ""
      writer.line(
        "try CField.\(call)(self.\(storedName), m, \(place.quantifier ?? 0), \(place.offset)"
          + "\(position), arena)")
    } else if isOptional {
      try writer.block("if let value = self.\(storedName)") { (writer) throws(GenerationError) in
        if let quantifier = place.quantifier {
          writer.line(
            field.isProto3Optional
              ? "CField.setCase(m, \(quantifier), \(field.number))"
              : "CField.setHas(m, \(quantifier))")
        }
        let value = context.storage.isIndirect(field) ? "value.value" : "value"
        writer.line(Self.write(field, value, "m", place))
      }
    } else {
      writer.line(Self.write(field, "self.\(storedName)", "m", place))
    }
  }

  private func emitMapWrite(_ writer: inout CodeWriter) throws(GenerationError) {
    guard let entry = field.messageType else { return }
    let layout = MessageLayout(entry)
    let head =
      "try CField.setMap(self.\(storedName), m, \(place.quantifier ?? 0), \(place.offset), "
      + "field: \(place.index), arena)"
    try writer.block(head, parameters: "key, value, e") { (writer) throws(GenerationError) in
      for member in entry.fields {
        let place = layout.fields[member.index]
        // Entries of a proto2 file have words for presence.
        if let quantifier = place.quantifier { writer.line("CField.setHas(e, \(quantifier))") }
        writer.line(Self.write(member, member.number == 1 ? "key" : "value", "e", place))
      }
    }
  }

  /// The statement that stores one value.
  static func write(
    _ field: FieldDescriptor, _ value: String, _ pointer: String, _ place: MessageLayout.Field
  ) -> String {
    switch field.type {
    case .message, .group:
      "try CField.setMessage(\(value), \(pointer), \(place.offset), field: \(place.index), arena)"
    case .string, .bytes: "try CField.set(\(value), \(pointer), \(place.offset), arena)"
    default: "CField.set(\(value), \(pointer), \(place.offset))"
    }
  }
}
