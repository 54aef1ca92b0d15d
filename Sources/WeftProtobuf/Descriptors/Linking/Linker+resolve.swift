/// The third pass: names within fields and methods become descriptors.
extension Linker {
  mutating func resolve(_ parsed: ParsedFile, in file: FileDescriptor) throws(DescriptorError) {
    for (index, message) in file.messages.enumerated() {
      try resolve(message, comments: parsed.comments, path: [4, Int32(index)])
    }
    for (index, field) in parsed.extensions.enumerated() {
      let descriptor = try resolveExtension(
        field, index: index, scope: file.package, in: file,
        comment: parsed.comments[[7, Int32(index)]])
      file.extensions.append(descriptor)
    }
    for (index, service) in parsed.services.enumerated() {
      let descriptor = file.services[index]
      for (methodIndex, method) in service.methods.enumerated() {
        let name = "\(descriptor.fullName).\(method.name)"
        descriptor.methods.append(
          MethodDescriptor(
            method, service: descriptor,
            input: try resolveMessage(method.input, scope: descriptor.fullName, in: file, of: name),
            output: try resolveMessage(method.output, scope: descriptor.fullName, in: file, of: name),
            comment: parsed.comments[[6, Int32(index), 2, Int32(methodIndex)]]))
      }
    }
  }

  private mutating func resolve(
    _ message: MessageDescriptor, comments: [[Int32]: String], path: [Int32]
  ) throws(DescriptorError) {
    let file = message.file
    let parsed = parsedMessages[message.index]
    for (index, field) in parsed.fields.enumerated() {
      let descriptor = try resolveField(
        field, index: index, scope: message.fullName, in: file,
        comment: comments[path + [2, Int32(index)]])
      descriptor.message = message
      try add(descriptor, to: message)
    }
    try resolveOneofs(of: message, parsed, comments: comments, path: path)
    for (index, field) in parsed.extensions.enumerated() {
      message.nestedExtensions.append(
        try resolveExtension(
          field, index: index, scope: message.fullName, in: file,
          comment: comments[path + [6, Int32(index)]]))
    }
    for (index, nested) in message.nestedMessages.enumerated() {
      try resolve(nested, comments: comments, path: path + [3, Int32(index)])
    }
  }

  private func add(
    _ field: FieldDescriptor, to message: MessageDescriptor
  ) throws(DescriptorError) {
    let number = Int32(field.number)
    if let other = message.fieldsByNumber.updateValue(field, forKey: number) {
      throw failure(
        message.file, message.fullName,
        "fields \(other.name) and \(field.name) both have the number \(number)")
    }
    if let other = message.fieldsByJSONName.updateValue(field, forKey: field.jsonName),
      message.file.syntax == .proto3
    {
      throw failure(
        message.file, message.fullName,
        "fields \(other.name) and \(field.name) both have the JSON name \(field.jsonName)")
    }
    message.fieldsByName[field.name] = field
    message.fields.append(field)
  }

  private func resolveOneofs(
    of message: MessageDescriptor, _ parsed: ParsedMessage, comments: [[Int32]: String],
    path: [Int32]
  ) throws(DescriptorError) {
    var members = [[FieldDescriptor]](repeating: [], count: parsed.oneofs.count)
    for (field, parsedField) in zip(message.fields, parsed.fields) {
      guard let index = parsedField.oneofIndex else {
        guard !field.isProto3Optional else {
          throw failure(message.file, field.fullName, "proto3 optional without its synthetic oneof")
        }
        continue
      }
      guard members.indices.contains(Int(index)) else {
        throw failure(message.file, field.fullName, "oneof index \(index) is out of range")
      }
      guard field.label == .optional else {
        throw failure(message.file, field.fullName, "a member of a oneof must be singular")
      }
      members[Int(index)].append(field)
    }
    for (index, fields) in members.enumerated() {
      let name = parsed.oneofs[index]
      guard let first = fields.first else {
        throw failure(message.file, "\(message.fullName).\(name)", "a oneof without fields")
      }
      // proto3 `optional` is sent as a oneof of one, which only presence is to be taken from.
      if fields.contains(where: \.isProto3Optional) {
        guard fields.count == 1 else {
          throw failure(message.file, first.fullName, "proto3 optional within a oneof")
        }
        continue
      }
      let oneof = OneofDescriptor(
        name: name, index: message.oneofs.count, message: message,
        comment: comments[path + [8, Int32(index)]])
      oneof.fields = fields
      for field in fields { field.oneof = oneof }
      message.oneofs.append(oneof)
    }
  }
}
