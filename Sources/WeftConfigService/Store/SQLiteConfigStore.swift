import GRDB

/// Versions in one SQLite file: one writer at a time, readers that never wait for it. Several processes of one machine
/// may share the file.
public final class SQLiteConfigStore: ConfigStore {
  private let pool: DatabasePool
  /// A connection that only looks: SQLite's data_version tells one connection of the commits of all others.
  private let observer: DatabaseQueue

  /// Opens the file, making or migrating it as needed.
  public init(path: String) throws {
    var configuration = Configuration()
    configuration.label = "config"
    configuration.maximumReaderCount = 2
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      // A caller who was told "stored" must find it after a power cut: WAL alone syncs at checkpoints only.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      // The default of 2 MB for each connection is more than this small table ever uses.
      try database.execute(sql: "PRAGMA cache_size = -512")
    }
    pool = try DatabasePool(path: path, configuration: configuration)
    try Self.migrator.migrate(pool)
    configuration.readonly = true
    observer = try DatabaseQueue(path: path, configuration: configuration)
  }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1: versions") { database in
      // Content stands last: lists that do not read it never touch its overflow pages.
      try database.execute(
        sql: """
          CREATE TABLE version (
            service TEXT NOT NULL,
            environment TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
            comment TEXT NOT NULL,
            author TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            rolled_back_from INTEGER CHECK (rolled_back_from BETWEEN 1 AND 4294967295),
            content BLOB NOT NULL
          ) STRICT;
          CREATE UNIQUE INDEX version_by_key ON version (service, environment, version);
          """)
    }
    return migrator
  }

  public func append(_ new: NewConfig) async throws -> StoredConfig {
    try await pool.write { database in
      // Read inside the write transaction: between this and the insert no other version can come.
      let current = try Self.newestVersion(of: new.key, in: database)
      if let expected = new.expectedVersion, expected != current {
        throw ConfigStoreError.versionMismatch(expected: expected, current: current)
      }
      guard current < .max else { throw ConfigStoreError.tooManyVersions }
      let content: [UInt8]
      var rolledBackFrom: UInt32?
      switch new.content {
      case .bytes(let bytes): content = bytes
      case .version(let old):
        guard let source = try Self.config(new.key, where: "version = ?", [old], in: database) else {
          throw ConfigStoreError.noSuchVersion(old)
        }
        content = source.content
        rolledBackFrom = old
      }
      let version = StoredVersion(
        version: current + 1, comment: new.comment, author: new.author, createdAt: new.createdAt,
        rolledBackFrom: rolledBackFrom)
      try Self.insert(version, key: new.key, content: content, in: database)
      return StoredConfig(key: new.key, version: version, content: content)
    }
  }

  public func config(_ key: ConfigKey, version: UInt32?) async throws -> StoredConfig? {
    try await pool.read { database in
      if let version { return try Self.config(key, where: "version = ?", [version], in: database) }
      return try Self.config(key, where: "TRUE ORDER BY version DESC LIMIT 1", [], in: database)
    }
  }

  public func next(_ key: ConfigKey, after version: UInt32) async throws -> StoredConfig? {
    try await pool.read { database in
      try Self.config(key, where: "version > ? ORDER BY version LIMIT 1", [version], in: database)
    }
  }

  public func versions(_ key: ConfigKey, before: UInt32?, limit: Int) async throws -> [StoredVersion] {
    try await pool.read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT version, comment, author, created_at, rolled_back_from FROM version
          WHERE service = ? AND environment = ? AND version < ? ORDER BY version DESC LIMIT ?
          """,
        arguments: [key.service, key.environment, before.map(Int64.init) ?? .max, limit])
      var versions: [StoredVersion] = []
      while let row = try rows.next() { versions.append(Self.version(row)) }
      return versions
    }
  }

  public func changeMark() async throws -> Int64 {
    try await observer.read { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
  }

  public func close() throws {
    try observer.close()
    try pool.close()
  }
}
