import WeftProtobuf

/// The schemas of a document: those that fields need, and the components that they refer to.
struct SchemaBook {
  /// Types that are referred to and not yet written, in the order they were met.
  private var pending: [Declared] = []
  private var known: Set<String> = []

  private enum Declared {
    case message(MessageDescriptor)
    case enumeration(EnumDescriptor)
  }

  // MARK: Uses

  /// The schema of a message where it is used.
  mutating func schema(of message: MessageDescriptor) -> JSONObject {
    if let type = message.wellKnownType, type != .any { return WellKnownSchema.schema(of: type) }
    return reference(to: message.fullName, .message(message))
  }

  /// The schema of a field's value, with its comment.
  mutating func schema(of field: FieldDescriptor) -> JSONObject {
    var schema = valueSchema(of: field)
    let notes = [Comment(field.comment).text, Self.oneofNote(field)].compactMap(\.self)
    if !notes.isEmpty { schema["description"] = .string(notes.joined(separator: "\n\n")) }
    if field.isDeprecated { schema["deprecated"] = true }
    if field.behaviors.contains(.outputOnly) { schema["readOnly"] = true }
    if field.behaviors.contains(.inputOnly) { schema["writeOnly"] = true }
    return schema
  }

  private mutating func valueSchema(of field: FieldDescriptor) -> JSONObject {
    if let key = field.mapKey, let value = field.mapValue {
      var schema: JSONObject = [
        "type": "object", "additionalProperties": .object(elementSchema(of: value)),
      ]
      if let pattern = ScalarSchema.keyPattern(of: key.type) {
        schema["propertyNames"] = ["pattern": .string(pattern)]
      }
      return schema
    }
    let element = elementSchema(of: field)
    return field.isRepeated ? ["type": "array", "items": .object(element)] : element
  }

  /// The schema of one value, without what belongs to the field.
  mutating func elementSchema(of field: FieldDescriptor) -> JSONObject {
    if let message = field.messageType { return schema(of: message) }
    guard let enumeration = field.enumType else { return ScalarSchema.schema(of: field.type) }
    if enumeration.isNullValue { return ["type": "null"] }
    return reference(to: enumeration.fullName, .enumeration(enumeration))
  }

  private mutating func reference(to name: String, _ type: Declared) -> JSONObject {
    if known.insert(name).inserted { pending.append(type) }
    return ["$ref": .string("#/components/schemas/\(name)")]
  }

  private static func oneofNote(_ field: FieldDescriptor) -> String? {
    guard let oneof = field.oneof, oneof.fields.count > 1 else { return nil }
    let names = oneof.fields.map { "`\($0.jsonName)`" }.joined(separator: ", ")
    return "At most one of \(names) is set."
  }

  // MARK: Components

  /// Every type that was referred to, by name, with all that those refer to in turn.
  mutating func components() -> JSONObject {
    var schemas: [(name: String, schema: JSONObject)] = []
    while let type = pending.popLast() {
      switch type {
      case .message(let message): schemas.append((message.fullName, declared(message)))
      case .enumeration(let enumeration):
        schemas.append((enumeration.fullName, Self.declared(enumeration)))
      }
    }
    var components = JSONObject()
    for (name, schema) in schemas.sorted(by: { $0.name < $1.name }) {
      components.append(name, .object(schema))
    }
    return components
  }

  private mutating func declared(_ message: MessageDescriptor) -> JSONObject {
    if let type = message.wellKnownType { return WellKnownSchema.schema(of: type) }
    var schema = object(of: message, fields: message.fields)
    if let comment = Comment(message.comment).text { schema["description"] = .string(comment) }
    if message.isDeprecated { schema["deprecated"] = true }
    return schema
  }

  /// An object with these fields of a message.
  mutating func object(of message: MessageDescriptor, fields: [FieldDescriptor]) -> JSONObject {
    var properties = JSONObject()
    for field in fields { properties.append(field.jsonName, .object(schema(of: field))) }
    var schema: JSONObject = ["type": "object"]
    if !properties.isEmpty { schema["properties"] = .object(properties) }
    let required = fields.filter(\.mustBeGiven).map { JSONValue.string($0.jsonName) }
    if !required.isEmpty { schema["required"] = .array(required) }
    let exclusions = Self.exclusions(message, fields)
    if !exclusions.isEmpty { schema["dependentSchemas"] = .object(exclusions) }
    return schema
  }

  /// Oneofs of more members than this are told of in words only: the rules grow with the square.
  private static let maxExclusiveMembers = 16

  /// That no two members of a oneof are set. Not `oneOf`, from which generators of clients make types that nobody
  /// would write.
  private static func exclusions(_ message: MessageDescriptor, _ fields: [FieldDescriptor]) -> JSONObject {
    var rules = JSONObject()
    for oneof in message.oneofs where (2...maxExclusiveMembers).contains(oneof.fields.count) {
      let members = oneof.fields.filter { member in fields.contains { $0 === member } }
      for member in members where members.count > 1 {
        var others = JSONObject()
        for other in members where other !== member { others.append(other.jsonName, false) }
        rules.append(member.jsonName, ["properties": .object(others)])
      }
    }
    return rules
  }

  private static func declared(_ enumeration: EnumDescriptor) -> JSONObject {
    var schema: JSONObject = [
      "type": "string", "enum": .array(enumeration.values.map { .string($0.name) }),
    ]
    let values = enumeration.values.compactMap { value -> String? in
      let note = [Comment(value.comment).text, value.isDeprecated ? "Deprecated." : nil]
        .compactMap(\.self).joined(separator: " ")
      let line = note.split(separator: "\n").joined(separator: " ")
      return line.isEmpty ? nil : "- `\(value.name)`: \(line)"
    }
    let text = [Comment(enumeration.comment).text, values.isEmpty ? nil : values.joined(separator: "\n")]
      .compactMap(\.self).joined(separator: "\n\n")
    if !text.isEmpty { schema["description"] = .string(text) }
    if enumeration.isDeprecated { schema["deprecated"] = true }
    return schema
  }
}

extension FieldDescriptor {
  /// Whether an API wants the field in every request.
  var mustBeGiven: Bool { isRequired || behaviors.contains(.required) }
}
