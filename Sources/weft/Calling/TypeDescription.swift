import WeftProtobuf

/// Shows services and types in the words of a `.proto` file.
enum TypeDescription {
  /// Every method, a line each.
  static func list(_ types: DescriptorPool) -> [String] {
    types.services.filter { !MethodLookup.isInfrastructure($0) }.flatMap { service in
      [service.fullName] + service.methods.map { "  " + signature($0) }
    }
  }

  /// A method, with the messages it takes and gives, and those inside them.
  static func describe(_ method: MethodDescriptor) -> [String] {
    var lines = comment(method.comment, indent: "") + ["rpc \(signature(method))"]
    for rule in method.httpRules {
      lines.append("  \(rule.verb) \(rule.path)\(rule.body.map { " (body: \($0))" } ?? "")")
    }
    var seen: Set<String> = []
    var queue = [method.input, method.output]
    while let message = queue.first {
      queue.removeFirst()
      guard seen.insert(message.fullName).inserted else { continue }
      lines += [""] + describe(message)
      queue += message.fields.compactMap { $0.mapValue?.messageType ?? $0.messageType }
        .filter { !$0.isMapEntry && $0.wellKnownType == nil }
    }
    return lines
  }

  private static func signature(_ method: MethodDescriptor) -> String {
    let input = (method.isClientStreaming ? "stream " : "") + method.input.fullName
    let output = (method.isServerStreaming ? "stream " : "") + method.output.fullName
    return "\(method.name)(\(input)) returns (\(output))"
  }

  private static func describe(_ message: MessageDescriptor) -> [String] {
    var lines = comment(message.comment, indent: "") + ["message \(message.fullName) {"]
    for field in message.fields {
      lines +=
        comment(field.comment, indent: "  ") + ["  \(type(of: field)) \(field.name) = \(field.number);"]
      if let values = field.enumType?.values {
        lines.append("    // " + values.map(\.name).joined(separator: ", "))
      }
    }
    return lines + ["}"]
  }

  private static func type(of field: FieldDescriptor) -> String {
    if let key = field.mapKey, let value = field.mapValue {
      return "map<\(name(of: key)), \(name(of: value))>"
    }
    let label = field.isRepeated ? "repeated " : field.isProto3Optional ? "optional " : ""
    return label + name(of: field)
  }

  private static func name(of field: FieldDescriptor) -> String {
    field.messageType?.fullName ?? field.enumType?.fullName ?? "\(field.type)"
  }

  private static func comment(_ text: String?, indent: String) -> [String] {
    guard let text else { return [] }
    return text.split(separator: "\n").map { line in
      "\(indent)//\(line.hasPrefix(" ") ? "" : " ")\(line)"
    }
  }
}
