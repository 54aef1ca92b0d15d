/// How much a message from outside may cost.
public struct DecodingLimits: Sendable, Hashable {
  /// Levels of messages within messages, 100 as in other implementations. More than ``deepest`` is not honoured,
  /// because the stack of a thread is finite.
  public var maxDepth: Int
  /// Bytes that the decoded structs may take. Strings and bytes are not copied, so they do not count.
  public var maxArenaBytes: Int

  public static let deepest = 500

  public init(maxDepth: Int = 100, maxArenaBytes: Int = 64 << 20) {
    self.maxDepth = maxDepth
    self.maxArenaBytes = maxArenaBytes
  }

  public static let `default` = DecodingLimits()

  var depth: UInt32 { UInt32(min(max(maxDepth, 0), Self.deepest)) }
}
