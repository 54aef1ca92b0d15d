import WeftProtobuf
import WeftRPC

/// Answers weft.config.v1.ConfigService from a ``ConfigStore``.
public struct ConfigHandler: Weft_Config_V1_ConfigServiceHandler {
  let store: any ConfigStore
  let announcements = ConfigAnnouncements()
  /// Microseconds since 1970, UTC.
  let clock: @Sendable () -> Int64

  public init(store: any ConfigStore, clock: @escaping @Sendable () -> Int64 = { WallClock.microseconds() }) {
    self.store = store
    self.clock = clock
  }

  /// Ends every watch: the process is about to stop.
  public func endWatches() { announcements.close() }

  public func putConfig(
    _ request: Weft_Config_V1_PutConfigRequest, context: ServerContext
  ) async throws -> Weft_Config_V1_Config {
    var violations = Violations()
    let key = violations.key(request.service, request.environment)
    violations.comment(request.comment)
    let content = try violations.content(request.config)
    try violations.throwIfAny()
    return try await append(
      NewConfig(
        key: key, content: .bytes(content), comment: request.comment, author: Author.of(context),
        createdAt: clock(), expectedVersion: request.expectedVersion))
  }

  public func getConfig(
    _ request: Weft_Config_V1_GetConfigRequest, context: ServerContext
  ) async throws -> Weft_Config_V1_Config {
    var violations = Violations()
    let key = violations.key(request.service, request.environment)
    if request.version == 0 { violations.add("version", "must be 1 or more: versions count from 1") }
    try violations.throwIfAny()
    guard let stored = try await store.config(key, version: request.version) else {
      throw ConfigErrors.notFound(key, version: request.version)
    }
    return try Weft_Config_V1_Config(stored)
  }

  public func listVersions(
    _ request: Weft_Config_V1_ListVersionsRequest, context: ServerContext
  ) async throws -> Weft_Config_V1_ListVersionsResponse {
    var violations = Violations()
    let key = violations.key(request.service, request.environment)
    let limit = violations.pageSize(request.pageSize)
    let before = violations.pageToken(request.pageToken)
    try violations.throwIfAny()

    // One more than asked for tells whether there is a next page.
    var versions = try await store.versions(key, before: before, limit: limit + 1)
    if versions.isEmpty, before == nil { throw ConfigErrors.notFound(key, version: nil) }
    var response = Weft_Config_V1_ListVersionsResponse()
    if versions.count > limit {
      versions.removeLast()
      if let last = versions.last { response.nextPageToken = PageToken.text(before: last.version) }
    }
    response.versions = versions.map(Weft_Config_V1_ListVersionsResponse.Version.init)
    return response
  }

  public func rollbackConfig(
    _ request: Weft_Config_V1_RollbackConfigRequest, context: ServerContext
  ) async throws -> Weft_Config_V1_Config {
    var violations = Violations()
    let key = violations.key(request.service, request.environment)
    violations.comment(request.comment)
    if request.version == 0 { violations.add("version", "must be the version to go back to, 1 or more") }
    try violations.throwIfAny()
    let comment = request.comment.isEmpty ? "rollback to version \(request.version)" : request.comment
    return try await append(
      NewConfig(
        key: key, content: .version(request.version), comment: comment, author: Author.of(context),
        createdAt: clock(), expectedVersion: request.expectedVersion))
  }

  private func append(_ new: NewConfig) async throws -> Weft_Config_V1_Config {
    let stored: StoredConfig
    do {
      stored = try await store.append(new)
    } catch let error as ConfigStoreError {
      throw ConfigErrors.refused(error, key: new.key)
    }
    announcements.announce(new.key)
    return try Weft_Config_V1_Config(stored)
  }
}
