import WeftProtobuf

extension Route {
  /// Puts the parameters of a query into the fields that neither the path nor the body fills.
  ///
  /// As `google/api/http.proto` has it: dots lead into messages, a repeated field takes a parameter for each
  /// element, and messages themselves, maps and repeated messages have no place in a query.
  func bind(_ query: QueryString, to message: DynamicMessage) throws(GatewayError) {
    var seen: Set<String> = []
    for parameter in query.parameters {
      let fields = try queryField(parameter.name)
      if fields.last?.isRepeated == false {
        // By proto names, so that `pageSize` and `page_size` are the same.
        let path = fields.map(\.name).joined(separator: ".")
        guard seen.insert(path).inserted else { throw refusal(parameter.name, "is given twice") }
      }
      try setText(parameter.value, fields, of: message, named: parameter.name, from: "query parameter")
    }
  }

  /// Puts the variables of the path into their fields.
  func bind(_ path: [RequestPath.Segment], to message: DynamicMessage) throws(GatewayError) {
    for binding in pathBindings {
      let given = message.json(at: binding.fields)
      try setText(
        binding.variable.value(in: path), binding.fields, of: message, named: binding.variable.name,
        from: "path")
      // The same value twice is no contradiction.
      guard let given, message.json(at: binding.fields) != given else { continue }
      throw .badValue(
        field: binding.variable.name, reason: "is not what the path says", in: "request body")
    }
  }

  private func setText(
    _ text: String, _ fields: [FieldDescriptor], of message: DynamicMessage, named name: String,
    from source: String
  ) throws(GatewayError) {
    do {
      try message.setText(text, path: fields)
    } catch let error as JSONDecodingError {
      // By the name that the client used, be it the JSON name or the original one.
      throw .badValue(field: name, reason: error.reason, in: source)
    } catch {
      throw GatewayError(.invalidArgument, "\(source): \(error)")
    }
  }

  private func queryField(_ name: String) throws(GatewayError) -> [FieldDescriptor] {
    if case .whole = body {
      throw refusal(name, "is not accepted: all of the request is in the body")
    }
    var fields: [FieldDescriptor] = []
    var current: MessageDescriptor? = method.input
    for part in name.split(separator: ".", omittingEmptySubsequences: false) {
      guard let owner = current else {
        throw refusal(name, "is unknown: \"\(fields.last?.name ?? "")\" has no fields")
      }
      guard let field = owner.field(jsonName: String(part)), fields.count < Self.maxQueryDepth else {
        throw refusal(name, "is unknown")
      }
      if let last = fields.last, last.isRepeated { throw refusal(name, "leads into a repeated field") }
      fields.append(field)
      current = field.messageType
    }
    guard let leaf = fields.last, let first = fields.first else { throw refusal(name, "is unknown") }
    guard leaf.hasTextForm, !leaf.isMap else {
      throw refusal(name, "is a message or a map, which a query cannot hold")
    }
    if case .field(let field) = body, field === first {
      throw refusal(name, "is not accepted: \"\(field.name)\" is the request body")
    }
    let isInPath = pathBindings.contains { binding in
      binding.fields.count == fields.count && zip(binding.fields, fields).allSatisfy { $0 === $1 }
    }
    guard !isInPath else { throw refusal(name, "is in the path already") }
    return fields
  }

  private static var maxQueryDepth: Int { 32 }

  private func refusal(_ name: String, _ reason: String) -> GatewayError {
    let name = String(name.prefix(200))
    return GatewayError(
      .invalidArgument, "query parameter \"\(name)\" \(reason)",
      details: [GatewayError.badRequest([(field: name, description: reason)])])
  }
}

extension DynamicMessage {
  /// The value of a field that is set, in a form that can be compared; nil when it is not.
  fileprivate func json(at path: [FieldDescriptor]) -> [UInt8]? {
    guard let field = path.first, has(field) else { return nil }
    if path.count == 1 { return try? json(field: field, options: JSONEncodingOptions()) }
    guard case .message(let inner) = get(field) else { return nil }
    return inner.json(at: Array(path.dropFirst()))
  }
}
