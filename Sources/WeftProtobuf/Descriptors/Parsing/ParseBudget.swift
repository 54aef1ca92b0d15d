/// What a set may still declare, counted down while it is read.
///
/// An empty declaration takes two bytes on the wire and a hundred times that in memory, so that counting
/// only when all is read would be too late.
struct ParseBudget {
  let limits: DescriptorLimits
  private var types: Int
  private var members: Int

  init(_ limits: DescriptorLimits) {
    self.limits = limits
    types = limits.maxTypes
    members = limits.maxMembers
  }

  /// One more message, enum or service.
  mutating func takeType(at offset: Int) throws(WireError) {
    types -= 1
    guard types >= 0 else {
      throw WireError(reason: "the set has more than \(limits.maxTypes) types", offset: offset)
    }
  }

  /// One more field, extension, oneof, enum value, method or comment.
  mutating func takeMember(at offset: Int) throws(WireError) {
    members -= 1
    guard members >= 0 else {
      throw WireError(
        reason: "the set has more than \(limits.maxMembers) fields, values and comments", offset: offset)
    }
  }
}
