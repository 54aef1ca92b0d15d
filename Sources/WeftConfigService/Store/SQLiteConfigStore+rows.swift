import Foundation
import GRDB

extension SQLiteConfigStore {
  static func newestVersion(of key: ConfigKey, in database: Database) throws -> UInt32 {
    let sql = "SELECT MAX(version) FROM version WHERE service = ? AND environment = ?"
    return try UInt32.fetchOne(database, sql: sql, arguments: [key.service, key.environment]) ?? 0
  }

  /// - Parameter condition: one of this file's callers' own texts, never a caller's of the store.
  static func config(
    _ key: ConfigKey, where condition: String, _ values: [UInt32], in database: Database
  ) throws -> StoredConfig? {
    let sql = """
      SELECT version, comment, author, created_at, rolled_back_from, content FROM version
      WHERE service = ? AND environment = ? AND \(condition)
      """
    let arguments = StatementArguments([key.service, key.environment]) + StatementArguments(values)
    guard let row = try Row.fetchOne(database, sql: sql, arguments: arguments) else { return nil }
    return StoredConfig(
      key: key, version: version(row),
      content: try row.withUnsafeData(named: "content") { Array($0 ?? .init()) })
  }

  static func version(_ row: Row) -> StoredVersion {
    StoredVersion(
      version: row["version"], comment: row["comment"], author: row["author"], createdAt: row["created_at"],
      rolledBackFrom: row["rolled_back_from"])
  }

  static func insert(
    _ version: StoredVersion, key: ConfigKey, content: [UInt8], in database: Database
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO version (service, environment, version, comment, author, created_at, rolled_back_from, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        key.service, key.environment, version.version, version.comment, version.author, version.createdAt,
        version.rolledBackFrom, Data(content),
      ])
  }
}
