import GRDB

extension SQLiteSchema {
  /// Each migration stays as it was released.
  static var migrator: DatabaseMigrator {
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
    // Many kinds of things, and several of them changed by one revision.
    migrator.registerMigration("2: a table for each kind, one log") { database in
      try database.execute(sql: "ALTER TABLE instance RENAME TO instance_1")
      for table in ["instance", "node", "key_value", "session", "access"] {
        try database.execute(
          sql: """
            CREATE TABLE \(table) (
              key TEXT PRIMARY KEY,
              revision INTEGER NOT NULL,
              record BLOB NOT NULL
            );
            """)
      }
      // An instance's key is its service, its id and its node, set apart by the character 31.
      try database.execute(
        sql: """
          CREATE TABLE log (
            revision INTEGER NOT NULL,
            part INTEGER NOT NULL,
            domain INTEGER NOT NULL,
            key TEXT NOT NULL,
            record BLOB,
            PRIMARY KEY (revision, part)
          );
          INSERT INTO instance (key, revision, record)
            SELECT service || char(31) || id || char(31) || 'weft', revision, record FROM instance_1;
          INSERT INTO log (revision, part, domain, key, record)
            SELECT revision, 0, 0, service || char(31) || id || char(31) || 'weft', record FROM change;
          DROP TABLE instance_1;
          DROP TABLE change;
          """)
    }
    return migrator
  }
}
