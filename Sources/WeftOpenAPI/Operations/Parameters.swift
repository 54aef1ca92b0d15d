import WeftProtobuf

/// The parameters of an operation: those in its path, and the fields that are left for the query.
struct Parameters {
  /// A message with very many fields within fields could ask for more than anyone would read.
  private static let maxQueryParameters = 500

  let binding: Binding
  /// How the placeholders of the path are called.
  let names: [String]
  /// Whether fields were left out because there are too many.
  private(set) var isTruncated = false
  private var list: [JSONValue] = []

  init(_ binding: Binding, names: [String]) {
    self.binding = binding
    self.names = names
  }

  mutating func all(_ book: inout SchemaBook) -> [JSONValue] {
    list = []
    for (index, placeholder) in binding.pattern.placeholders.enumerated() {
      list.append(path(placeholder, binding.placeholderFields[index], name: names[index], &book))
    }
    switch binding.body {
    case .whole: break
    case .none: addQuery(binding.method.input, prefix: [], except: nil, &book)
    case .field(let field): addQuery(binding.method.input, prefix: [], except: field, &book)
    }
    return list
  }

  // MARK: Path

  private func path(
    _ placeholder: PathPattern.Placeholder, _ fields: [FieldDescriptor], name: String,
    _ book: inout SchemaBook
  ) -> JSONValue {
    var parameter: JSONObject = ["name": .string(name), "in": "path", "required": true]
    var notes: [String] = []
    if let whole = placeholder.whole, let variable = placeholder.variable {
      notes.append("Part of `\(variable.name)`, which is `\(whole)`.")
    }
    if let comment = Comment(fields.last?.comment).text { notes.append(comment) }
    if placeholder.takesRest { notes.append("May hold slashes.") }
    if !notes.isEmpty { parameter["description"] = .string(notes.joined(separator: "\n\n")) }
    if fields.last?.isDeprecated == true { parameter["deprecated"] = true }
    var schema: JSONObject = ["type": "string"]
    if placeholder.whole == nil, let field = fields.last { schema = book.elementSchema(of: field) }
    parameter["schema"] = .object(schema)
    return .object(parameter)
  }

  // MARK: Query

  private mutating func addQuery(
    _ message: MessageDescriptor, prefix: [FieldDescriptor], except body: FieldDescriptor?,
    _ book: inout SchemaBook
  ) {
    for field in message.fields where field !== body {
      let path = prefix + [field]
      if isInPath(path) || field.behaviors.contains(.outputOnly) { continue }
      if field.hasTextForm, !field.isMap {
        guard list.count < Self.maxQueryParameters else {
          isTruncated = true
          return
        }
        list.append(query(path, field, &book))
      } else if let inner = field.messageType, inner.wellKnownType == nil, !field.isRepeated,
        !prefix.contains(where: { $0.messageType === inner }), inner !== binding.method.input
      {
        addQuery(inner, prefix: path, except: nil, &book)
      }
    }
  }

  private func isInPath(_ path: [FieldDescriptor]) -> Bool {
    binding.placeholderFields.contains { fields in
      fields.count == path.count && zip(fields, path).allSatisfy { $0 === $1 }
    }
  }

  private func query(
    _ path: [FieldDescriptor], _ field: FieldDescriptor, _ book: inout SchemaBook
  ) -> JSONValue {
    var parameter: JSONObject = [
      "name": .string(path.map(\.jsonName).joined(separator: ".")), "in": "query",
    ]
    if let comment = Comment(field.comment).text { parameter["description"] = .string(comment) }
    if field.mustBeGiven, path.count == 1 { parameter["required"] = true }
    if field.isDeprecated { parameter["deprecated"] = true }
    let element = book.elementSchema(of: field)
    parameter["schema"] = field.isRepeated ? ["type": "array", "items": .object(element)] : .object(element)
    return .object(parameter)
  }
}

extension FieldDescriptor {
  /// Whether one value of the field can be written as plain text, in a path or a query.
  fileprivate var hasTextForm: Bool {
    guard let message = messageType else { return type != .group }
    guard let known = message.wellKnownType else { return false }
    return known.isWrapper || known == .timestamp || known == .duration || known == .fieldMask
  }
}
