import Foundation
import GRDB

/// Tables, and how state goes into them and comes out.
enum SQLiteSchema {
  static func migrate(_ pool: DatabasePool) throws {
    let migrator = migrator
    // An older release must not write into tables that it does not understand.
    if try pool.read(migrator.hasBeenSuperseded) {
      throw StoreError(.unsupportedSchema, "was written by a newer release of Weft; use that one")
    }
    // Asked first, so that a disk that takes no writes can still be read.
    if try !pool.read(migrator.hasCompletedMigrations) { try migrator.migrate(pool) }
  }

  // MARK: Reading

  static func load(_ database: Database) throws -> StoredState {
    guard
      let catalogue = try Row.fetchOne(
        database, sql: "SELECT history, revision FROM catalogue WHERE only = 1")
    else {
      throw StoreError(.corrupt, "is damaged: it has no catalogue row")
    }
    var state = StoredState(history: catalogue["history"], revision: try revision(catalogue["revision"]))
    for domain in StoreDomain.allCases {
      let rows = try Row.fetchCursor(
        database, sql: "SELECT key, revision, record FROM \(domain.table) ORDER BY key")
      while let row = try rows.next() {
        let stored = StoredChange(domain: domain, key: row["key"], record: bytes(row["record"]))
        state.entries.append(try decode(stored, revision: try revision(row["revision"])))
      }
    }
    state.log = try loadLog(database, upTo: state.revision)
    let sets = try Row.fetchCursor(database, sql: "SELECT hash, length(bytes) AS size FROM descriptor_set")
    while let row = try sets.next() { state.descriptorSets[row["hash"]] = row["size"] }
    return state
  }

  /// The newest run of revisions without a gap: should one be missing, the older ones are of no use.
  private static func loadLog(_ database: Database, upTo revision: UInt64) throws -> [LoggedRevision] {
    var log: [LoggedRevision] = []
    let rows = try Row.fetchCursor(
      database, sql: "SELECT revision, domain, key, record FROM log ORDER BY revision DESC, part")
    var expected = revision
    while let row = try rows.next() {
      let found = try self.revision(row["revision"])
      if found != log.last?.revision {
        guard found == expected, expected > 0 else { break }
        log.append(LoggedRevision(revision: found, changes: []))
        expected -= 1
      }
      guard let domain = StoreDomain(rawValue: row["domain"]) else {
        throw StoreError(.corrupt, "is damaged: revision \(found) changes something of no known kind")
      }
      let stored = StoredChange(domain: domain, key: row["key"], record: bytes(row["record"]))
      log[log.count - 1].changes.append(try decode(stored, revision: found))
    }
    return log.reversed()
  }

  private static func decode(_ stored: StoredChange, revision: UInt64) throws -> RegistryChange {
    do {
      return try RegistryChange(stored, revision: revision)
    } catch {
      throw StoreError(.corrupt, "is damaged: a \(stored.domain) cannot be read (\(error))")
    }
  }

  private static func bytes(_ data: Data?) -> [UInt8]? { data.map { [UInt8]($0) } }

  static func revision(_ stored: Int64) throws -> UInt64 {
    guard let revision = UInt64(exactly: stored) else {
      throw StoreError(.corrupt, "is damaged: it has the revision \(stored)")
    }
    return revision
  }

  // MARK: Writing

  /// Runs inside a transaction.
  static func write(_ batch: StoreBatch, to database: Database) throws {
    // Guards against a second registry on the same file: whoever is behind cannot write.
    let advance = try database.cachedStatement(
      sql: "UPDATE catalogue SET revision = ? WHERE only = 1 AND revision = ?")
    try advance.execute(arguments: [Int64(batch.revision), Int64(batch.previousRevision)])
    guard database.changesCount == 1 else {
      throw StoreError(
        .conflict, "is not at revision \(batch.previousRevision) any more: does another registry use it?")
    }
    for entry in batch.revisions {
      for (part, change) in entry.changes.enumerated() {
        try write(try change.stored(), revision: Int64(entry.revision), part: part, to: database)
      }
    }
    let forget = try database.cachedStatement(sql: "DELETE FROM log WHERE revision <= ?")
    try forget.execute(arguments: [Int64(batch.forgetChangesThrough)])
    for hash in batch.removedDescriptorSets {
      try database.cachedStatement(sql: "DELETE FROM descriptor_set WHERE hash = ?")
        .execute(arguments: [hash])
    }
    for (hash, bytes) in batch.descriptorSets {
      try database.cachedStatement(sql: "INSERT OR REPLACE INTO descriptor_set (hash, bytes) VALUES (?, ?)")
        .execute(arguments: [hash, Data(bytes)])
    }
  }

  private static func write(
    _ change: StoredChange, revision: Int64, part: Int, to database: Database
  ) throws {
    let record = change.record.map { Data($0) }
    if let record {
      try database.cachedStatement(
        // In place: to replace a row is to remove it and to add one elsewhere, on other pages.
        sql: """
          INSERT INTO \(change.domain.table) (key, revision, record) VALUES (?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, record = excluded.record
          """
      )
      .execute(arguments: [change.key, revision, record])
    } else {
      try database.cachedStatement(sql: "DELETE FROM \(change.domain.table) WHERE key = ?")
        .execute(arguments: [change.key])
    }
    try database.cachedStatement(
      sql: "INSERT INTO log (revision, part, domain, key, record) VALUES (?, ?, ?, ?, ?)"
    )
    .execute(arguments: [revision, part, change.domain.rawValue, change.key, record])
  }
}

extension StoreDomain {
  /// Fixed names: they go into SQL as they are.
  var table: String {
    switch self {
    case .instance: "instance"
    case .node: "node"
    case .keyValue: "key_value"
    case .session: "session"
    case .access: "access"
    }
  }
}
