/// Checks that need every field to be resolved.
extension Linker {
  /// Map entries must be just what the compiler makes of `map<K, V>`, and be used by their map alone.
  func checkMapEntry(_ message: MessageDescriptor) throws(DescriptorError) {
    for field in message.fields {
      guard let entry = field.messageType, entry.isMapEntry else { continue }
      guard field.label == .repeated, field.type == .message, entry.containingType === message else {
        throw failure(
          message.file, field.fullName, "\(entry.fullName) is the entry of another map")
      }
    }
    guard message.isMapEntry else { return }
    func refuse(_ reason: String) -> DescriptorError {
      failure(message.file, message.fullName, reason)
    }
    guard message.containingType != nil else { throw refuse("a map entry outside of a message") }
    guard message.fields.count == 2, message.oneofs.isEmpty, message.nestedMessages.isEmpty,
      message.nestedEnums.isEmpty, message.nestedExtensions.isEmpty,
      let key = message.field(number: 1), key.name == "key", key.label == .optional,
      let value = message.field(number: 2), value.name == "value", value.label == .optional,
      !key.isProto3Optional, !value.isProto3Optional
    else { throw refuse("a map entry has a key and a value, no more") }
    guard key.type.isMapKey else { throw refuse("\(key.type) cannot be the key of a map") }
    guard value.type != .group else { throw refuse("a group cannot be the value of a map") }
    if let enumeration = value.enumType, enumeration.values.first?.number != 0 {
      throw refuse("the first value of an enum in a map must be 0")
    }
  }

  /// Marks the types that JSON treats in a way of their own, once their fields are what that relies on.
  func recogniseWellKnownType(_ message: MessageDescriptor) throws(DescriptorError) {
    guard let type = WellKnownType(rawValue: message.fullName) else { return }
    let required = type.requiredFields
    let matches = required.allSatisfy { required in
      guard let field = message.field(number: required.number) else { return false }
      return field.name == required.name && field.type == required.type
        && field.isRepeated == required.repeated
    }
    guard matches, message.fields.count == required.count, hasExpectedShape(message, type) else {
      throw failure(
        message.file, message.fullName, "is not declared as google/protobuf declares it")
    }
    message.wellKnownType = type
  }

  /// What the types of `struct.proto` refer to: each other.
  private func hasExpectedShape(_ message: MessageDescriptor, _ type: WellKnownType) -> Bool {
    func refers(_ field: FieldDescriptor?, to target: WellKnownType) -> Bool {
      field?.messageType?.fullName == target.rawValue
    }
    switch type {
    case .struct:
      guard let fields = message.field(number: 1), fields.isMap else { return false }
      return fields.mapKey?.type == .string && refers(fields.mapValue, to: .value)
    case .listValue: return refers(message.field(number: 1), to: .value)
    case .value:
      return message.oneofs.first?.fields.count == 6
        && message.field(number: 1)?.enumType?.isNullValue == true
        && refers(message.field(number: 5), to: .struct)
        && refers(message.field(number: 6), to: .listValue)
    default: return message.oneofs.isEmpty
    }
  }
}
