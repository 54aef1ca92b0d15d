/// How JSON is read (https://protobuf.dev/programming-guides/json).
public struct JSONDecodingOptions: Sendable {
  /// Skips fields and enum names that the type does not declare, instead of refusing them.
  public var ignoreUnknownFields: Bool
  /// Levels of objects and arrays. More than ``deepest`` is not honoured, because a thread's stack is finite.
  public var maxDepth: Int
  /// Size of the text.
  public var maxBytes: Int
  /// Memory that the decoded structs and unescaped strings may take.
  public var maxArenaBytes: Int
  /// Where the types within `google.protobuf.Any` are looked up. When nil: for dynamic messages in their own pool,
  /// for generated types not at all.
  public var pool: DescriptorPool?

  public static let deepest = 200

  public init(
    ignoreUnknownFields: Bool = false, maxDepth: Int = 100, maxBytes: Int = 64 << 20,
    maxArenaBytes: Int = 256 << 20, pool: DescriptorPool? = nil
  ) {
    self.ignoreUnknownFields = ignoreUnknownFields
    self.maxDepth = maxDepth
    self.maxBytes = maxBytes
    self.maxArenaBytes = maxArenaBytes
    self.pool = pool
  }
}
