/// How JSON is written.
public struct JSONEncodingOptions: Sendable {
  /// `max_pages` instead of `maxPages`.
  public var preserveProtoFieldNames: Bool
  /// Writes fields without presence, lists and maps even when they are at their default or empty.
  public var alwaysPrintFieldsWithNoPresence: Bool
  public var enumsAsIntegers: Bool
  /// Line breaks, and two spaces a level.
  public var pretty: Bool
  /// Where the types within `google.protobuf.Any` are looked up. When nil: for dynamic messages in their own pool,
  /// for generated types not at all.
  public var pool: DescriptorPool?

  public init(
    preserveProtoFieldNames: Bool = false, alwaysPrintFieldsWithNoPresence: Bool = false,
    enumsAsIntegers: Bool = false, pretty: Bool = false, pool: DescriptorPool? = nil
  ) {
    self.preserveProtoFieldNames = preserveProtoFieldNames
    self.alwaysPrintFieldsWithNoPresence = alwaysPrintFieldsWithNoPresence
    self.enumsAsIntegers = enumsAsIntegers
    self.pretty = pretty
    self.pool = pool
  }
}
