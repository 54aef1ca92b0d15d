/// The third pass, for one field or extension.
extension Linker {
  /// The highest field number: tags have 29 bits for it.
  private static let maxFieldNumber: Int32 = 536_870_911
  /// Kept for the implementations of protobuf.
  private static let reservedNumbers: ClosedRange<Int32> = 19_000...19_999

  func resolveField(
    _ parsed: ParsedField, index: Int, scope: String, in file: FileDescriptor, comment: String?
  ) throws(DescriptorError) -> FieldDescriptor {
    let fullName = scope.isEmpty ? parsed.name : "\(scope).\(parsed.name)"
    guard (1...Self.maxFieldNumber).contains(parsed.number),
      !Self.reservedNumbers.contains(parsed.number)
    else { throw failure(file, fullName, "field number \(parsed.number) is not allowed") }
    let target = try resolveType(of: parsed, scope: scope, in: file, fullName)
    let field = FieldDescriptor(
      parsed, type: target.type, scope: scope, index: index, file: file, comment: comment)
    field.messageType = target.message
    field.enumType = target.enumeration
    try check(field, parsed)
    return field
  }

  mutating func resolveExtension(
    _ parsed: ParsedField, index: Int, scope: String, in file: FileDescriptor, comment: String?
  ) throws(DescriptorError) -> FieldDescriptor {
    let field = try resolveField(parsed, index: index, scope: scope, in: file, comment: comment)
    guard let extendee = parsed.extendee else {
      throw failure(file, field.fullName, "an extension that does not say what it extends")
    }
    let message = try resolveMessage(extendee, scope: scope, in: file, of: field.fullName)
    guard message.extensionRanges.contains(where: { $0.contains(parsed.number) }) else {
      throw failure(
        file, field.fullName, "\(message.fullName) has no extension range with \(field.number)")
    }
    guard field.label != .required else {
      throw failure(file, field.fullName, "an extension must not be required")
    }
    guard !field.isMap, parsed.oneofIndex == nil else {
      throw failure(file, field.fullName, "an extension must not be a map or in a oneof")
    }
    guard extensionNumbers.insert("\(message.fullName) \(field.number)").inserted else {
      throw failure(
        file, field.fullName, "\(message.fullName) is already extended at \(field.number)")
    }
    field.message = message
    extensions.append(field)
    return field
  }

  private func resolveType(
    of parsed: ParsedField, scope: String, in file: FileDescriptor, _ fullName: String
  ) throws(DescriptorError) -> (
    type: FieldType, message: MessageDescriptor?, enumeration: EnumDescriptor?
  ) {
    guard let typeName = parsed.typeName, !typeName.isEmpty else {
      switch parsed.type {
      case nil: throw failure(file, fullName, "the field has no type")
      case .message, .group, .enum: throw failure(file, fullName, "the field's type has no name")
      case .some(let scalar): return (scalar, nil, nil)
      }
    }
    switch (try resolveName(typeName, scope: scope, in: file, of: fullName), parsed.type) {
    case (.message(let message), nil), (.message(let message), .message):
      return (.message, message, nil)
    case (.message(let message), .group): return (.group, message, nil)
    case (.enumeration(let enumeration), nil), (.enumeration(let enumeration), .enum):
      return (.enum, nil, enumeration)
    default: throw failure(file, fullName, "\(typeName) is not of the kind that the field says")
    }
  }

  /// What the language guide forbids of single fields.
  private func check(_ field: FieldDescriptor, _ parsed: ParsedField) throws(DescriptorError) {
    func refuse(_ reason: String) -> DescriptorError { failure(field.file, field.fullName, reason) }
    guard !field.jsonName.isEmpty || field.name.allSatisfy({ $0 == "_" }),
      !field.jsonName.unicodeScalars.contains("\0")
    else { throw refuse("the JSON name is not valid") }
    if parsed.isPacked == true, !(field.isRepeated && field.type.isPackable) {
      throw refuse("only repeated numbers can be packed")
    }
    if field.isProto3Optional, field.label != .optional { throw refuse("both optional and repeated") }
    guard field.file.syntax == .proto3 else {
      if field.isProto3Optional { throw refuse("proto3 optional in a proto2 file") }
      return
    }
    if field.type == .group { throw refuse("proto3 has no groups") }
    if field.isRequired { throw refuse("proto3 has no required fields") }
    if field.defaultValue != nil { throw refuse("proto3 has no explicit defaults") }
    if let enumeration = field.enumType, enumeration.isClosed {
      throw refuse("a proto3 field must not be of the proto2 enum \(enumeration.fullName)")
    }
  }

  // MARK: Names

  func resolveMessage(
    _ name: String, scope: String, in file: FileDescriptor, of user: String
  ) throws(DescriptorError) -> MessageDescriptor {
    guard case .message(let message) = try resolveName(name, scope: scope, in: file, of: user)
    else { throw failure(file, user, "\(name) is not a message") }
    return message
  }

  /// A name with a leading dot is absolute; any other is looked for from the innermost scope outwards,
  /// and its first part decides the scope, as in C++.
  private func resolveName(
    _ name: String, scope: String, in file: FileDescriptor, of user: String
  ) throws(DescriptorError) -> DescriptorSymbol {
    let fullName =
      name.hasPrefix(".") ? String(name.dropFirst()) : absoluteName(name, scope: scope)
    guard let fullName, let symbol = symbols[fullName], symbol.isType, let declaring = symbol.file
    else { throw failure(file, user, "there is no type \(name)") }
    guard visibleFiles[file.name]?.contains(declaring.name) == true else {
      throw failure(
        file, user, "\(fullName) is declared in \(declaring.name), which is not imported")
    }
    return symbol
  }

  private func absoluteName(_ name: String, scope: String) -> String? {
    guard let first = name.split(separator: ".").first else { return nil }
    let isQualified = first.utf8.count < name.utf8.count
    var scope = scope[...]
    while true {
      let prefix = scope.isEmpty ? "" : "\(scope)."
      if let symbol = symbols[prefix + first], isQualified ? symbol.isScope : symbol.isType {
        return prefix + name
      }
      guard !scope.isEmpty else { return nil }
      scope = scope.lastIndex(of: ".").map { scope[..<$0] } ?? ""
    }
  }
}
