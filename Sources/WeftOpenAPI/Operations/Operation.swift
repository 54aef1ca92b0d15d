import WeftProtobuf

/// One HTTP binding of a method as an OpenAPI operation.
struct Operation {
  let binding: Binding
  /// How the placeholders of the path are called.
  let names: [String]
  let id: String

  private var method: MethodDescriptor { binding.method }

  /// - Returns: the operation, and what could not be said.
  func object(_ book: inout SchemaBook) -> (operation: JSONObject, problem: String?) {
    var operation: JSONObject = [
      "tags": [.string(method.service.fullName)], "operationId": .string(id),
    ]
    let comment = Comment(method.comment)
    if let summary = comment.summary { operation["summary"] = .string(summary) }
    if let description = comment.description { operation["description"] = .string(description) }
    if method.isDeprecated || method.service.isDeprecated || method.file.isDeprecated {
      operation["deprecated"] = true
    }
    var parameters = Parameters(binding, names: names)
    let list = parameters.all(&book)
    if !list.isEmpty { operation["parameters"] = .array(list) }
    if let body = requestBody(&book) { operation["requestBody"] = .object(body) }
    operation["responses"] = .object(responses(&book))
    return (
      operation, parameters.isTruncated ? "too many fields for a query; the last ones are left out" : nil
    )
  }

  // MARK: Request

  private func requestBody(_ book: inout SchemaBook) -> JSONObject? {
    let schema: JSONObject
    switch binding.body {
    case .none: return nil
    case .field(let field): schema = book.schema(of: field)
    case .whole:
      // What the path holds need not be said again.
      let inPath = binding.placeholderFields.filter { $0.count == 1 }.compactMap(\.first)
      let fields = method.input.fields.filter { field in !inPath.contains { $0 === field } }
      schema =
        inPath.isEmpty
        ? book.schema(of: method.input) : book.object(of: method.input, fields: fields)
    }
    return ["required": true, "content": ["application/json": ["schema": .object(schema)]]]
  }

  // MARK: Responses

  private func responses(_ book: inout SchemaBook) -> JSONObject {
    let schema = binding.responseBody.map { book.schema(of: $0) } ?? book.schema(of: method.output)
    let media: JSONValue = ["schema": .object(schema)]
    let success: JSONObject =
      method.isServerStreaming
      ? [
        "description":
          "A stream: one message a line, or one an event. An error ends it as `{\"error\": ...}`.",
        "content": ["application/x-ndjson": media, "text/event-stream": media],
      ] : ["description": "The answer.", "content": ["application/json": media]]
    return ["200": .object(success), "default": ["$ref": "#/components/responses/Error"]]
  }

  /// The response of every call that fails: `google.rpc.Status` as JSON.
  static let errorResponse: JSONObject = [
    "description": "The call failed. `code` is a gRPC status code, from which the HTTP status follows.",
    "content": ["application/json": ["schema": ["$ref": "#/components/schemas/google.rpc.Status"]]],
  ]

  static let errorSchema: JSONObject = [
    "type": "object",
    "properties": [
      "code": ["type": "integer", "format": "int32", "description": "A `google.rpc.Code`."],
      "message": ["type": "string", "description": "What went wrong, for developers."],
      "details": [
        "type": "array", "items": .object(WellKnownSchema.schema(of: .any)),
        "description": "More about it, such as a `google.rpc.BadRequest` with the fields at fault.",
      ],
    ],
  ]
}
