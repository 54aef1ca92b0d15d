import WeftProtobuf

/// One HTTP binding of a method, checked against its types.
struct Binding {
  enum Body {
    case none
    case whole
    case field(FieldDescriptor)
  }

  /// Why a binding has no place in a document.
  struct Refusal: Error {
    let reason: String
  }

  /// The verbs that an OpenAPI 3.1 path can have.
  private static let verbs: Set<String> = [
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE",
  ]

  let method: MethodDescriptor
  let verb: String
  let pattern: PathPattern
  let body: Body
  let responseBody: FieldDescriptor?
  /// The fields that each placeholder's variable leads through; empty for one that fills none.
  let placeholderFields: [[FieldDescriptor]]

  init(_ rule: HTTPRule, of method: MethodDescriptor) throws(Refusal) {
    guard Self.verbs.contains(rule.verb) else {
      throw Refusal(reason: "OpenAPI 3.1 has no place for the HTTP method \(rule.verb)")
    }
    do {
      pattern = PathPattern(try PathTemplate(rule.path))
    } catch {
      throw Refusal(reason: error.description)
    }
    self.method = method
    verb = rule.verb.lowercased()
    var fields: [[FieldDescriptor]] = []
    for placeholder in pattern.placeholders {
      fields.append(try Self.fields(placeholder.variable?.fieldPath ?? [], of: method.input))
    }
    placeholderFields = fields
    body = try Self.body(rule.body, of: method.input)
    if let name = rule.responseBody {
      guard let field = method.output.field(named: name) else {
        throw Refusal(reason: "response_body: \(method.output.fullName) has no field \"\(name)\"")
      }
      responseBody = field
    } else {
      responseBody = nil
    }
  }

  private static func fields(
    _ names: [String], of message: MessageDescriptor
  ) throws(Refusal) -> [FieldDescriptor] {
    var fields: [FieldDescriptor] = []
    var owner: MessageDescriptor? = message
    for name in names {
      guard let field = owner?.field(named: name) else {
        throw Refusal(
          reason: "path variable \"\(names.joined(separator: "."))\": there is no field \"\(name)\"")
      }
      fields.append(field)
      owner = field.messageType
    }
    return fields
  }

  private static func body(_ name: String?, of input: MessageDescriptor) throws(Refusal) -> Body {
    switch name {
    case nil: return .none
    case "*": return .whole
    case let name?:
      guard let field = input.field(named: name) else {
        throw Refusal(reason: "body: \(input.fullName) has no field \"\(name)\"")
      }
      return .field(field)
    }
  }
}
