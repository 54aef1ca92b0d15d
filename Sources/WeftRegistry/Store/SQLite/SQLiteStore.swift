import Foundation
import GRDB
import Synchronization
import WeftDiscovery

/// The registry's state in one SQLite file.
///
/// The write-ahead log lets readers go on while the one writer commits; `synchronous=FULL` makes each commit
/// wait for the disk, because a caller is told that its registration is stored.
public final class SQLiteStore: RegistryStore {
  /// 6 MiB. With the largest batch behind that, the log has fewer than the 4 062 pages whose index has room in one
  /// block of SQLite's shared memory: a full disk that has no room for a second one would fail a commit that is in the
  /// log already, so that its changes were refused and yet there after a kill.
  private static let logPages = 1_536

  let pool: DatabasePool
  let path: String
  private let mark: HighWaterMark
  private let history: Mutex<String>
  private let lostRevisions: UInt64

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
      // The log shrinks again after a burst, to what it may hold before it is copied into the file. The pages of a busy
      // catalogue are few and change often, so that most of a long log need not be copied.
      try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.logPages)")
      try database.execute(sql: "PRAGMA journal_size_limit = \(Self.logPages * 4_096)")
      try prepare(database)
    }
    self.path = path
    do {
      try Self.makeDirectory(of: path)
      pool = try DatabasePool(path: path, configuration: configuration)
      try SQLiteSchema.migrate(pool)
      mark = HighWaterMark(path: path + "-mark")
      let found = try SQLiteSchema.replaceLost(after: mark.position, pool)
      history = Mutex(found.history)
      lostRevisions = found.lost
    } catch {
      throw StoreError(error, path: path)
    }
  }

  public func load() async throws(StoreError) -> StoredState {
    var state = try await read { try SQLiteSchema.load($0) }
    state.lostRevisions = lostRevisions
    return state
  }

  /// Waits for the disk on the thread it is called on.
  public func commit(_ batch: StoreBatch) async throws(StoreError) {
    do {
      try write(batch)
    } catch let error where error.kind == .full {
      // What is in the log may have room in the file, and the log then begins anew.
      restartLog()
      try write(batch)
    }
    raiseMark(to: batch.revision)
  }

  /// To be called when a revision is stored, and before anybody is told of it.
  /// - Parameter newHistory: the history that it begins, if it does.
  func raiseMark(to revision: UInt64, beginning newHistory: String? = nil) {
    let history = history.withLock { history in
      if let newHistory { history = newHistory }
      return history
    }
    mark.raise(to: WatchPosition(history: history, revision: revision))
  }

  /// Not GRDB's async `write`, which hands over to another thread and gives up when the task is cancelled: a registry
  /// that shuts down still stores what it has taken in.
  private func write(_ batch: StoreBatch) throws(StoreError) {
    do {
      try pool.write { try SQLiteSchema.write(batch, to: $0) }
    } catch {
      throw StoreError(error, path: path)
    }
  }

  private func restartLog() {
    try? pool.barrierWriteWithoutTransaction { _ = try $0.checkpoint(.restart) }
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
