/// One version as the store keeps it, without its content.
public struct StoredVersion: Sendable, Hashable {
  public let version: UInt32
  public let comment: String
  public let author: String
  /// Microseconds since 1970, UTC.
  public let createdAt: Int64
  /// The version whose content this one repeats, when a rollback made it.
  public let rolledBackFrom: UInt32?

  public init(version: UInt32, comment: String, author: String, createdAt: Int64, rolledBackFrom: UInt32?) {
    self.version = version
    self.comment = comment
    self.author = author
    self.createdAt = createdAt
    self.rolledBackFrom = rolledBackFrom
  }
}

/// One version with its content.
public struct StoredConfig: Sendable, Hashable {
  public let key: ConfigKey
  public let version: StoredVersion
  /// A serialised google.protobuf.Struct.
  public let content: [UInt8]

  public init(key: ConfigKey, version: StoredVersion, content: [UInt8]) {
    self.key = key
    self.version = version
    self.content = content
  }
}

/// What is to become the next version.
public struct NewConfig: Sendable {
  public enum Content: Sendable {
    case bytes([UInt8])
    /// The content of an earlier version.
    case version(UInt32)
  }

  public var key: ConfigKey
  public var content: Content
  public var comment: String
  public var author: String
  public var createdAt: Int64
  /// The version that must be the newest; 0 when there must be none yet; nil when it does not matter.
  public var expectedVersion: UInt32?

  public init(
    key: ConfigKey, content: Content, comment: String, author: String, createdAt: Int64,
    expectedVersion: UInt32?
  ) {
    self.key = key
    self.content = content
    self.comment = comment
    self.author = author
    self.createdAt = createdAt
    self.expectedVersion = expectedVersion
  }
}
