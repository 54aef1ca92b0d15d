import WeftProtobuf

/// Swift names of the members of one message.
struct MessageNames {
  /// By index of the field; without back-ticks.
  let fields: [String]
  /// Names of stored properties behind computed ones, by index of the field.
  let storage: [String]
  /// By index of the oneof.
  let oneofs: [String]
  let oneofTypes: [String]

  init(_ message: MessageDescriptor, _ table: NameTable) {
    let nested =
      message.nestedMessages.map(table.declared) + message.nestedEnums.map(table.declared)
    var scope = NameScope(reserved: ReservedNames.messageMembers.union(nested))
    var types = NameScope(reserved: ReservedNames.types.union(nested)) {
      table.isTopLevel($0, seenFrom: message.file)
    }
    oneofTypes = message.oneofs.map { types.take("OneOf_" + SwiftIdentifier.upperCamel($0.name)) }
    for type in oneofTypes { _ = scope.take(type) }
    var fields: [String] = []
    for field in message.fields { fields.append(scope.take(Self.property(field.name, field.number))) }
    self.fields = fields
    oneofs = message.oneofs.map { scope.take(Self.property($0.name, $0.index)) }
    storage = fields.map { scope.take("_" + $0) }
  }

  private static func property(_ name: String, _ number: Int) -> String {
    let property = SwiftIdentifier.lowerCamel(name)
    return property.allSatisfy { $0 == "_" } ? "field\(number)" : property
  }
}
