// Field numbers are those of google/protobuf/descriptor.proto.

extension ParsedFile {
  init(parsing bytes: [UInt8], budget: inout ParseBudget) throws(WireError) {
    serialized = bytes
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: name = try reader.string(tag)
      case 2: package = try reader.string(tag)
      case 3:
        dependencies.append(try reader.string(tag))
        guard dependencies.count <= budget.limits.maxFiles else {
          throw WireError(reason: "too many imports", offset: reader.offset)
        }
      case 4:
        messages.append(
          try ParsedMessage(parsing: try reader.lengthDelimited(tag), depth: 1, budget: &budget))
      case 5: enums.append(try ParsedEnum(parsing: try reader.lengthDelimited(tag), budget: &budget))
      case 6:
        services.append(try ParsedService(parsing: try reader.lengthDelimited(tag), budget: &budget))
      case 7: extensions.append(try ParsedField(parsing: try reader.lengthDelimited(tag), budget: &budget))
      case 8: try parseOptions(try reader.lengthDelimited(tag))
      case 9: try parseSourceInfo(try reader.lengthDelimited(tag), &budget)
      case 10:
        try reader.int32s(tag, into: &publicIndices)
        guard publicIndices.count <= budget.limits.maxFiles else {
          throw WireError(reason: "too many public imports", offset: reader.offset)
        }
      case 12:
        let name = try reader.string(tag)
        switch name {
        case "proto2", "": syntax = .proto2
        case "proto3": syntax = .proto3
        default: unknownSyntax = name
        }
      // `edition`, as a string in early releases and as an enum in later ones.
      case 13, 14:
        try reader.skip(tag)
        unknownSyntax = "editions"
      default: try reader.skip(tag)
      }
    }
  }

  private mutating func parseOptions(_ bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 23: isDeprecated = try reader.bool(tag)
      case 39: swiftPrefix = try reader.string(tag)
      default: try reader.skip(tag)
      }
    }
  }

  private mutating func parseSourceInfo(
    _ bytes: ArraySlice<UInt8>, _ budget: inout ParseBudget
  ) throws(WireError) {
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      guard tag.number == 1 else {
        try reader.skip(tag)
        continue
      }
      var location = WireReader(try reader.lengthDelimited(tag))
      var path: [Int32] = []
      var leading: String?
      var trailing: String?
      while let tag = try location.nextTag() {
        switch tag.number {
        case 1: try location.int32s(tag, into: &path)
        case 3: leading = try location.string(tag)
        case 4: trailing = try location.string(tag)
        default: try location.skip(tag)
        }
      }
      // A comment behind the declaration is as good as one before it.
      if let comment = leading ?? trailing {
        try budget.takeMember(at: location.offset)
        comments[path] = comment
      }
    }
  }
}

extension ParsedMessage {
  init(
    parsing bytes: ArraySlice<UInt8>, depth: Int, budget: inout ParseBudget
  ) throws(WireError) {
    let deepest = budget.limits.maxNestingDepth
    guard depth <= deepest else {
      throw WireError(
        reason: "messages are declared more than \(deepest) deep within each other",
        offset: bytes.startIndex)
    }
    try budget.takeType(at: bytes.startIndex)
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: name = try reader.string(tag)
      case 2: fields.append(try ParsedField(parsing: try reader.lengthDelimited(tag), budget: &budget))
      case 3:
        messages.append(
          try ParsedMessage(
            parsing: try reader.lengthDelimited(tag), depth: depth + 1, budget: &budget))
      case 4: enums.append(try ParsedEnum(parsing: try reader.lengthDelimited(tag), budget: &budget))
      case 5: extensionRanges.append(try Self.range(try reader.lengthDelimited(tag)))
      case 6: extensions.append(try ParsedField(parsing: try reader.lengthDelimited(tag), budget: &budget))
      case 7: try parseOptions(try reader.lengthDelimited(tag))
      case 8:
        try budget.takeMember(at: reader.offset)
        oneofs.append(try Self.oneofName(try reader.lengthDelimited(tag)))
      default: try reader.skip(tag)
      }
    }
  }

  private mutating func parseOptions(_ bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: isMessageSet = try reader.bool(tag)
      case 3: isDeprecated = try reader.bool(tag)
      case 7: isMapEntry = try reader.bool(tag)
      default: try reader.skip(tag)
      }
    }
  }

  private static func range(_ bytes: ArraySlice<UInt8>) throws(WireError) -> Range<Int32> {
    var reader = WireReader(bytes)
    var start: Int32 = 0
    var end: Int32 = 0
    while let tag = try reader.nextTag() {
      switch tag.number {
      case 1: start = try reader.int32(tag)
      case 2: end = try reader.int32(tag)
      default: try reader.skip(tag)
      }
    }
    guard start >= 1, end > start else {
      throw WireError(reason: "extension range \(start) to \(end)", offset: bytes.startIndex)
    }
    return start..<end
  }

  private static func oneofName(_ bytes: ArraySlice<UInt8>) throws(WireError) -> String {
    var reader = WireReader(bytes)
    var name = ""
    while let tag = try reader.nextTag() {
      if tag.number == 1 { name = try reader.string(tag) } else { try reader.skip(tag) }
    }
    return name
  }
}
