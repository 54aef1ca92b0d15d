import WeftProtobuf

/// Why an annotation cannot be routed.
struct RouteError: Error, Sendable, Hashable {
  let reason: String
}

extension Route {
  /// Checks one `google.api.http` binding against the types of its method.
  convenience init(
    service: String, rule: HTTPRule, method: MethodDescriptor, pool: DescriptorPool
  ) throws(RouteError) {
    guard Self.isVerb(rule.verb) else {
      throw RouteError(reason: "\"\(rule.verb.prefix(40))\" is no HTTP method")
    }
    let template: PathTemplate
    do {
      template = try PathTemplate(rule.path)
    } catch {
      throw RouteError(reason: error.description)
    }
    var bindings: [PathBinding] = []
    for variable in template.variables {
      bindings.append(
        PathBinding(variable: variable, fields: try Self.textField(variable.fieldPath, of: method.input)))
    }
    self.init(
      service: service, verb: rule.verb, template: template, method: method, pool: pool,
      pathBindings: bindings, body: try Self.body(rule.body, of: method.input, besides: bindings),
      responseBody: try Self.responseBody(rule.responseBody, of: method.output))
  }

  /// The route that every method has: `POST /package.Service/Method` with the message as its body.
  convenience init(
    unannotated method: MethodDescriptor, service: String, pool: DescriptorPool
  ) throws(RouteError) {
    let template: PathTemplate
    do {
      template = try PathTemplate(method.path)
    } catch {
      throw RouteError(reason: error.description)
    }
    self.init(
      service: service, verb: "POST", template: template, method: method, pool: pool, body: .whole)
  }

  private static func body(
    _ name: String?, of input: MessageDescriptor, besides bindings: [PathBinding]
  ) throws(RouteError) -> Body {
    guard let name, !name.isEmpty else { return .none }
    if name == "*" { return .whole }
    guard let field = input.field(named: name) else {
      throw RouteError(reason: "body: \(input.fullName) has no field \"\(name.prefix(100))\"")
    }
    guard !bindings.contains(where: { $0.fields.first === field }) else {
      throw RouteError(reason: "body: the path binds \"\(name)\" too")
    }
    return .field(field)
  }

  private static func responseBody(
    _ name: String?, of output: MessageDescriptor
  ) throws(RouteError) -> FieldDescriptor? {
    guard let name, !name.isEmpty else { return nil }
    guard let field = output.field(named: name) else {
      throw RouteError(reason: "response_body: \(output.fullName) has no field \"\(name.prefix(100))\"")
    }
    return field
  }

  /// Follows a field path from a message to a field whose value can be written as one piece of text.
  private static func textField(
    _ names: [String], of message: MessageDescriptor
  ) throws(RouteError) -> [FieldDescriptor] {
    let path = names.joined(separator: ".")
    var fields: [FieldDescriptor] = []
    var current: MessageDescriptor? = message
    for name in names {
      guard let owner = current else {
        throw RouteError(reason: "path variable \"\(path)\": \"\(fields.last?.name ?? "")\" is no message")
      }
      guard let field = owner.field(named: name) else {
        throw RouteError(reason: "path variable \"\(path)\": \(owner.fullName) has no field \"\(name)\"")
      }
      guard !field.isRepeated else {
        throw RouteError(reason: "path variable \"\(path)\": \"\(name)\" is repeated")
      }
      fields.append(field)
      current = field.messageType
    }
    guard fields.last?.hasTextForm == true else {
      throw RouteError(reason: "path variable \"\(path)\": a message does not fit into a path")
    }
    return fields
  }

  /// A token of RFC 9110, section 5.6.2, without lower-case letters: methods are case-sensitive.
  private static func isVerb(_ text: String) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= 32
      && bytes.allSatisfy { byte in
        (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) || byte.isASCIIDigit
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "*")
      }
  }
}

extension FieldDescriptor {
  /// Whether one value of the field can be written as plain text, in a path or a query.
  var hasTextForm: Bool {
    switch type {
    case .message:
      guard let type = messageType?.wellKnownType else { return false }
      return type.isWrapper || type == .timestamp || type == .duration || type == .fieldMask
    case .group:
      return false
    default:
      return true
    }
  }
}
