import Foundation
import GRDB
import Synchronization
import WeftDiscovery

/// The registry's state in one SQLite file.
///
/// The write-ahead log lets readers go on while the one writer commits; `synchronous=FULL` makes each commit
/// wait for the disk, because a caller is told that its registration is stored.
public final class SQLiteStore: RegistryStore {
  let pool: DatabasePool
  let path: String

  /// Opens the file, creates it when it is not there, and brings it to this release's schema.
  public convenience init(path: String) throws(StoreError) {
    try self.init(path: path, prepare: { _ in })
  }

  /// `prepare` runs on every new connection; tests make a disk small with it.
  init(path: String, prepare: @escaping @Sendable (Database) throws -> Void) throws(StoreError) {
    var configuration = Configuration()
    configuration.label = "weft.registry"
    configuration.maximumReaderCount = 2
    // Another process may hold the file for a moment, such as a backup or the sqlite3 shell.
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      // GRDB's pools choose NORMAL, which may lose the newest commits when the machine fails.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      // The log shrinks again after a burst.
      try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
      try prepare(database)
    }
    self.path = path
    do {
      try Self.makeDirectory(of: path)
      pool = try DatabasePool(path: path, configuration: configuration)
      try SQLiteSchema.migrate(pool)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  public func load() async throws(StoreError) -> StoredState {
    try await read { try SQLiteSchema.load($0) }
  }

  public func commit(_ batch: StoreBatch) async throws(StoreError) {
    // Not GRDB's async `write`, which gives up when the task is cancelled: a registry that shuts down still
    // stores what it has taken in.
    let result = await withCheckedContinuation {
      (done: CheckedContinuation<Result<Void, any Error>, Never>) in
      pool.asyncWrite { database in
        try SQLiteSchema.write(batch, to: database)
      } completion: { _, result in
        done.resume(returning: result)
      }
    }
    do { try result.get() } catch { throw StoreError(error, path: path) }
  }

  public func descriptorSet(hash: String) async throws(StoreError) -> [UInt8]? {
    try await read { database in
      try Data.fetchOne(database, sql: "SELECT bytes FROM descriptor_set WHERE hash = ?", arguments: [hash])
        .map { [UInt8]($0) }
    }
  }

  public func close() async {
    // Fails only while statements run; then the process end closes the file, which is as safe.
    try? pool.close()
  }

  private func read<T: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws(StoreError) -> T {
    do { return try await pool.read(body) } catch { throw StoreError(error, path: path) }
  }

  private static func makeDirectory(of path: String) throws {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }
}
