/// Keeps every version of every configuration. What `append` returned is on disk and stays.
///
/// One test suite (`ConfigStoreTests`) holds every implementation to this.
public protocol ConfigStore: Sendable {
  /// Stores the next version, or nothing at all when an expectation is not met.
  func append(_ new: NewConfig) async throws -> StoredConfig

  /// One version, or the newest when `version` is nil.
  func config(_ key: ConfigKey, version: UInt32?) async throws -> StoredConfig?

  /// The oldest version after `version`, for watchers that follow along.
  func next(_ key: ConfigKey, after version: UInt32) async throws -> StoredConfig?

  /// Versions below `before` (all when nil), newest first, at most `limit`.
  func versions(_ key: ConfigKey, before: UInt32?, limit: Int) async throws -> [StoredVersion]

  /// A number that changes when anyone, in this process or another, has stored something.
  func changeMark() async throws -> Int64

  func close() throws
}

/// Why nothing was stored.
public enum ConfigStoreError: Error, Sendable, Equatable {
  /// The newest version is another one than expected.
  case versionMismatch(expected: UInt32, current: UInt32)
  /// The version to roll back to does not exist.
  case noSuchVersion(UInt32)
  /// All version numbers are used up.
  case tooManyVersions
}
