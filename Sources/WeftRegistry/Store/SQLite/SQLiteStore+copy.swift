import Foundation
import GRDB

extension SQLiteStore {
  static let copySuffix = ".copy-"

  /// Copies the file as of one revision, beside it. Writers go on: the copy reads a snapshot of the write-ahead log.
  public func copy() async throws(StoreError) -> StoreCopy {
    let target = path + Self.copySuffix + newHistory()
    do {
      let copy = try DatabaseQueue(path: target)
      try pool.backup(to: copy)
      let result = try await copy.write { database in
        // One file, without a log beside it.
        let state = try Row.fetchOne(database, sql: "SELECT history, revision FROM catalogue WHERE only = 1")
        guard let state, let revision = UInt64(exactly: state["revision"] as Int64) else {
          throw StoreError(.corrupt, "is damaged: it has no catalogue row")
        }
        var counts: [String: UInt64] = [:]
        for table in StoreDomain.allCases.map(\.table) + ["descriptor_set"] {
          counts[table] = UInt64(try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0)
        }
        return StoreCopy(path: target, history: state["history"], revision: revision, counts: counts)
      }
      try copy.close()
      return result
    } catch {
      Self.removeFiles(at: target)
      throw StoreError(error, path: target)
    }
  }

  /// Removes a store that nobody has open: the file, and what SQLite may have left beside it.
  static func removeFiles(at path: String) {
    try? FileManager.default.removeItem(atPath: path)
    removeCompanions(of: path)
  }

  /// Removes what SQLite may have left beside a file that nobody has open.
  static func removeCompanions(of path: String) {
    for suffix in ["-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: path + suffix) }
  }

  /// Names the sequence of revisions anew, for data that has come from elsewhere.
  func beginHistory() async throws(StoreError) {
    do {
      try await pool.write { database in
        try database.execute(
          sql: "UPDATE catalogue SET history = ? WHERE only = 1", arguments: [newHistory()])
      }
      // Everything into the one file.
      try await pool.barrierWriteWithoutTransaction { database in
        _ = try database.checkpoint(.truncate)
      }
    } catch {
      throw StoreError(error, path: path)
    }
  }
}
