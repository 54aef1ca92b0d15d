/// The second pass: every type, member and package gets its name.
extension Linker {
  mutating func declare(_ parsed: ParsedFile, in file: FileDescriptor) throws(DescriptorError) {
    try declarePackage(of: file)
    let scope = file.package
    // Paths are those of SourceCodeInfo: the numbers of the fields of FileDescriptorProto.
    for (index, message) in parsed.messages.enumerated() {
      file.messages.append(
        try declare(
          message, in: file, scope: scope, containingType: nil, path: [4, Int32(index)],
          comments: parsed.comments))
    }
    for (index, enumeration) in parsed.enums.enumerated() {
      file.enums.append(
        try declare(
          enumeration, in: file, scope: scope, containingType: nil, path: [5, Int32(index)],
          comments: parsed.comments))
    }
    for (index, service) in parsed.services.enumerated() {
      let fullName = qualified(service.name, scope)
      let descriptor = ServiceDescriptor(
        service, fullName: fullName, file: file, comment: parsed.comments[[6, Int32(index)]])
      try declare(fullName, service.name, as: .service(descriptor), in: file)
      for method in service.methods {
        try declareMember(method.name, scope: fullName, in: file)
      }
      services.append(descriptor)
      file.services.append(descriptor)
    }
    for field in parsed.extensions { try declareMember(field.name, scope: scope, in: file) }
  }

  private mutating func declare(
    _ parsed: ParsedMessage, in file: FileDescriptor, scope: String,
    containingType: MessageDescriptor?, path: [Int32], comments: [[Int32]: String]
  ) throws(DescriptorError) -> MessageDescriptor {
    let fullName = qualified(parsed.name, scope)
    let message = MessageDescriptor(
      parsed, fullName: fullName, index: messages.count, file: file, containingType: containingType,
      comment: comments[path])
    try declare(fullName, parsed.name, as: .message(message), in: file)
    messages.append(message)
    parsedMessages.append(parsed)
    guard parsed.fields.count <= limits.maxFieldsPerMessage else {
      throw failure(
        file, fullName,
        "\(parsed.fields.count) fields exceed the limit of \(limits.maxFieldsPerMessage)")
    }
    guard !parsed.isMessageSet else {
      throw failure(file, fullName, "message_set_wire_format is not supported")
    }
    for field in parsed.fields { try declareMember(field.name, scope: fullName, in: file) }
    for oneof in parsed.oneofs { try declareMember(oneof, scope: fullName, in: file) }
    for field in parsed.extensions { try declareMember(field.name, scope: fullName, in: file) }
    for (index, nested) in parsed.messages.enumerated() {
      message.nestedMessages.append(
        try declare(
          nested, in: file, scope: fullName, containingType: message,
          path: path + [3, Int32(index)], comments: comments))
    }
    for (index, nested) in parsed.enums.enumerated() {
      message.nestedEnums.append(
        try declare(
          nested, in: file, scope: fullName, containingType: message,
          path: path + [4, Int32(index)], comments: comments))
    }
    return message
  }

  private mutating func declare(
    _ parsed: ParsedEnum, in file: FileDescriptor, scope: String,
    containingType: MessageDescriptor?, path: [Int32], comments: [[Int32]: String]
  ) throws(DescriptorError) -> EnumDescriptor {
    let fullName = qualified(parsed.name, scope)
    var values: [EnumValueDescriptor] = []
    for (index, value) in parsed.values.enumerated() {
      // As in C++, the values of an enum are named beside it, not within it.
      try declareMember(value.name, scope: scope, in: file)
      values.append(
        EnumValueDescriptor(
          name: value.name, number: value.number, isDeprecated: value.isDeprecated,
          comment: comments[path + [2, Int32(index)]]))
    }
    let enumeration = EnumDescriptor(
      parsed, values: values, fullName: fullName, index: enums.count, file: file,
      containingType: containingType, comment: comments[path])
    try declare(fullName, parsed.name, as: .enumeration(enumeration), in: file)
    guard let first = values.first else { throw failure(file, fullName, "an enum without values") }
    guard file.syntax == .proto2 || first.number == 0 else {
      throw failure(file, fullName, "the first value of a proto3 enum must be 0")
    }
    guard parsed.allowsAlias || Set(values.map(\.number)).count == values.count else {
      throw failure(file, fullName, "two values have the same number, without allow_alias")
    }
    enums.append(enumeration)
    return enumeration
  }

  // MARK: Names

  private func qualified(_ name: String, _ scope: String) -> String {
    scope.isEmpty ? name : "\(scope).\(name)"
  }

  /// Every leading part of a package is a package too.
  private mutating func declarePackage(of file: FileDescriptor) throws(DescriptorError) {
    guard !file.package.isEmpty else { return }
    guard file.package.utf8.count <= limits.maxNameLength else {
      throw failure(file, "package", "name is longer than \(limits.maxNameLength) bytes")
    }
    let parts = file.package.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= limits.maxNestingDepth else {
      throw failure(file, "package", "name has more than \(limits.maxNestingDepth) parts")
    }
    var prefix = ""
    for part in parts {
      guard isIdentifier(part) else {
        throw failure(file, "package \(file.package)", "not a valid name")
      }
      prefix = qualified(String(part), prefix)
      switch symbols[prefix] {
      case nil: symbols[prefix] = .package
      case .package: break
      default: throw failure(file, prefix, "is both a package and something else")
      }
    }
  }

  private mutating func declareMember(
    _ name: String, scope: String, in file: FileDescriptor
  ) throws(DescriptorError) {
    try declare(qualified(name, scope), name, as: .member(file), in: file)
  }

  private mutating func declare(
    _ fullName: String, _ name: String, as symbol: DescriptorSymbol, in file: FileDescriptor
  ) throws(DescriptorError) {
    guard isIdentifier(name) else {
      throw failure(file, fullName.debugDescription, "not a valid name")
    }
    guard fullName.utf8.count <= limits.maxNameLength else {
      throw failure(file, name, "full name is longer than \(limits.maxNameLength) bytes")
    }
    if let other = symbols.updateValue(symbol, forKey: fullName) {
      throw failure(
        file, fullName, "is already declared in \(other.file?.name ?? "another file as a package")")
    }
  }

  private func isIdentifier(_ name: some StringProtocol) -> Bool {
    var isFirst = true
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9") where !isFirst: break
      default: return false
      }
      isFirst = false
    }
    return !isFirst
  }
}
