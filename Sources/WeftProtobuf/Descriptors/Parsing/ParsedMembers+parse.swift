// Field numbers are those of google/protobuf/descriptor.proto.

extension ParsedField {
  init(parsing bytes: ArraySlice<UInt8>, budget: inout ParseBudget) throws(WireError) {
    try budget.takeMember(at: bytes.startIndex)
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: name = try reader.string(tag)
      case 2: extendee = try reader.string(tag)
      case 3: number = try reader.int32(tag)
      case 4:
        let raw = try reader.int32(tag)
        guard let known = FieldLabel(rawValue: raw) else {
          throw WireError(reason: "unknown field label \(raw)", offset: reader.offset)
        }
        label = known
      case 5:
        let raw = try reader.int32(tag)
        guard let known = FieldType(rawValue: raw) else {
          throw WireError(reason: "unknown field type \(raw)", offset: reader.offset)
        }
        type = known
      case 6: typeName = try reader.string(tag)
      case 7: defaultValue = try reader.string(tag)
      case 8: try parseOptions(try reader.lengthDelimited(tag))
      case 9: oneofIndex = try reader.int32(tag)
      case 10: jsonName = try reader.string(tag)
      case 17: isProto3Optional = try reader.bool(tag)
      default: try reader.skip(tag)
      }
    }
  }

  /// `google.api.field_behavior`, an extension of `FieldOptions`.
  private static let behaviorExtension: UInt32 = 1052

  private mutating func parseOptions(_ bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 2: isPacked = try reader.bool(tag)
      case 3: isDeprecated = try reader.bool(tag)
      case Self.behaviorExtension: try reader.int32s(tag, into: &behaviors)
      default: try reader.skip(tag)
      }
    }
  }
}

extension ParsedEnum {
  init(parsing bytes: ArraySlice<UInt8>, budget: inout ParseBudget) throws(WireError) {
    try budget.takeType(at: bytes.startIndex)
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: name = try reader.string(tag)
      case 2:
        try budget.takeMember(at: reader.offset)
        values.append(try ParsedEnumValue(parsing: try reader.lengthDelimited(tag)))
      case 3:
        var options = WireReader(try reader.lengthDelimited(tag))
        while let tag = try options.nextTag() {
          switch tag.number {
          case 2: allowsAlias = try options.bool(tag)
          case 3: isDeprecated = try options.bool(tag)
          default: try options.skip(tag)
          }
        }
      default: try reader.skip(tag)
      }
    }
  }
}

extension ParsedEnumValue {
  init(parsing bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: name = try reader.string(tag)
      case 2: number = try reader.int32(tag)
      case 3:
        var options = WireReader(try reader.lengthDelimited(tag))
        while let tag = try options.nextTag() {
          if tag.number == 1 { isDeprecated = try options.bool(tag) } else { try options.skip(tag) }
        }
      default: try reader.skip(tag)
      }
    }
  }
}

extension ParsedService {
  init(parsing bytes: ArraySlice<UInt8>, budget: inout ParseBudget) throws(WireError) {
    try budget.takeType(at: bytes.startIndex)
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: name = try reader.string(tag)
      case 2:
        try budget.takeMember(at: reader.offset)
        methods.append(
          try ParsedMethod(parsing: try reader.lengthDelimited(tag), limits: budget.limits))
      case 3:
        var options = WireReader(try reader.lengthDelimited(tag))
        while let tag = try options.nextTag() {
          if tag.number == 33 { isDeprecated = try options.bool(tag) } else { try options.skip(tag) }
        }
      default: try reader.skip(tag)
      }
    }
  }
}

extension ParsedMethod {
  /// `google.api.http`, an extension of `MethodOptions`.
  private static let httpExtension: UInt32 = 72_295_728

  init(parsing bytes: ArraySlice<UInt8>, limits: DescriptorLimits) throws(WireError) {
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: name = try reader.string(tag)
      case 2: input = try reader.string(tag)
      case 3: output = try reader.string(tag)
      case 4: try parseOptions(try reader.lengthDelimited(tag), limits)
      case 5: isClientStreaming = try reader.bool(tag)
      case 6: isServerStreaming = try reader.bool(tag)
      default: try reader.skip(tag)
      }
    }
  }

  private mutating func parseOptions(
    _ bytes: ArraySlice<UInt8>, _ limits: DescriptorLimits
  ) throws(WireError) {
    var reader = WireReader(bytes)
    // Should the extension occur twice, the second is merged into the first; for messages that is what
    // reading the concatenation does.
    var rule: [UInt8] = []
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 33: isDeprecated = try reader.bool(tag)
      case 34:
        switch try reader.int32(tag) {
        case 1: idempotency = .noSideEffects
        case 2: idempotency = .idempotent
        default: idempotency = .unknown
        }
      case Self.httpExtension: rule.append(contentsOf: try reader.lengthDelimited(tag))
      default: try reader.skip(tag)
      }
    }
    if !rule.isEmpty {
      httpRules = try HTTPRule.parse(rule[...], limit: limits.maxHTTPRulesPerMethod)
    }
  }
}
