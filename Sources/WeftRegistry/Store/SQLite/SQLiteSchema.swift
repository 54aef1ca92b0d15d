import Foundation
import GRDB
import WeftDiscovery

/// Tables, and how state goes into them and comes out.
enum SQLiteSchema {
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: instances, changes, descriptor sets") { database in
      try database.execute(
        sql: """
          CREATE TABLE catalogue (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            history TEXT NOT NULL,
            revision INTEGER NOT NULL
          );
          CREATE TABLE instance (
            service TEXT NOT NULL,
            id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY (service, id)
          );
          CREATE TABLE change (
            revision INTEGER PRIMARY KEY,
            service TEXT NOT NULL,
            id TEXT NOT NULL,
            record BLOB
          );
          CREATE TABLE descriptor_set (
            hash TEXT PRIMARY KEY,
            bytes BLOB NOT NULL
          );
          """)
      try database.execute(
        sql: "INSERT INTO catalogue (only, history, revision) VALUES (1, ?, 0)", arguments: [newHistory()])
    }
    return migrator
  }

  static func migrate(_ pool: DatabasePool) throws {
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
    let instances = try Row.fetchCursor(
      database, sql: "SELECT revision, record FROM instance ORDER BY service, id")
    while let row = try instances.next() {
      let revision = try revision(row["revision"])
      state.instances.append(try InstanceCoding.decode(row["record"], writtenAt: revision))
    }
    state.changes = try loadChanges(database, upTo: state.revision)
    let sets = try Row.fetchCursor(database, sql: "SELECT hash, length(bytes) AS size FROM descriptor_set")
    while let row = try sets.next() { state.descriptorSets[row["hash"]] = row["size"] }
    return state
  }

  /// The newest run of changes without a gap: should one be missing, the older ones are of no use.
  private static func loadChanges(_ database: Database, upTo revision: UInt64) throws -> [CatalogueChange] {
    var changes: [CatalogueChange] = []
    let rows = try Row.fetchCursor(
      database, sql: "SELECT revision, service, id, record FROM change ORDER BY revision DESC")
    var expected = revision
    while let row = try rows.next(), try self.revision(row["revision"]) == expected, expected > 0 {
      let key = InstanceKey(service: row["service"], id: row["id"])
      let record: Data? = row["record"]
      let instance = try record.map { try InstanceCoding.decode($0, writtenAt: expected) }
      let kind = instance.map { CatalogueChange.Kind.put($0) } ?? .removed(key)
      changes.append(CatalogueChange(revision: expected, kind: kind))
      expected -= 1
    }
    return changes.reversed()
  }

  private static func revision(_ stored: Int64) throws -> UInt64 {
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
    for change in batch.changes { try write(change, to: database) }
    let forget = try database.cachedStatement(sql: "DELETE FROM change WHERE revision <= ?")
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

  private static func write(_ change: CatalogueChange, to database: Database) throws {
    let key = change.key
    let revision = Int64(change.revision)
    var record: Data?
    switch change.kind {
    case .put(let instance):
      record = try InstanceCoding.encode(instance)
      try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO instance (service, id, revision, record) VALUES (?, ?, ?, ?)"
      )
      .execute(arguments: [key.service, key.id, revision, record])
    case .removed:
      try database.cachedStatement(sql: "DELETE FROM instance WHERE service = ? AND id = ?")
        .execute(arguments: [key.service, key.id])
    }
    try database.cachedStatement(
      sql: "INSERT INTO change (revision, service, id, record) VALUES (?, ?, ?, ?)"
    )
    .execute(arguments: [revision, key.service, key.id, record])
  }
}
