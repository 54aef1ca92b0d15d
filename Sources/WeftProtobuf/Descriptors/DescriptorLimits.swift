/// Bounds on what a descriptor set may ask of the process that loads it.
///
/// Sets come from services that register and from servers that answer reflection, so they are as
/// little to be trusted as any other input.
public struct DescriptorLimits: Sendable, Hashable {
  /// Serialized size of all files together.
  public var maxBytes = 8 << 20
  public var maxFiles = 512
  /// Messages, enums and services of all files together.
  public var maxTypes = 20_000
  public var maxFieldsPerMessage = 4096
  /// Fields, extensions, oneofs, enum values, methods and comments of all files together.
  public var maxMembers = 100_000
  /// How deep message declarations may lie within each other, and how many parts a package may have.
  public var maxNestingDepth = 32
  /// UTF-8 length of one fully qualified name.
  public var maxNameLength = 512
  /// `google.api.http` bindings of one method.
  public var maxHTTPRulesPerMethod = 64

  public static let `default` = DescriptorLimits()

  /// For descriptors from the developer's own machine, where large is fine and malformed is not: those that code is
  /// generated from, and those that are embedded in that code.
  package static let trusted: DescriptorLimits = {
    var limits = DescriptorLimits()
    limits.maxBytes = 1 << 30
    limits.maxFiles = 20_000
    limits.maxTypes = 1_000_000
    limits.maxMembers = 10_000_000
    return limits
  }()

  public init() {}
}
