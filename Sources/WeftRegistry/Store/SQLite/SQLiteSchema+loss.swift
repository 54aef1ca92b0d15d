import GRDB
import WeftDiscovery

extension SQLiteSchema {
  /// Puts a new history, and a revision above all that were told, in place of revisions that the file has had and has
  /// no more: so no revision falls, none comes again for something else, and every watcher starts over.
  ///
  /// - Parameter marked: what the file is known to have had. Read before the file is, so that it cannot be newer.
  /// - Returns: the history, and how many revisions are lost.
  /// - Throws: when what is left is not the state as it once was.
  static func replaceLost(
    after marked: WatchPosition?, _ pool: DatabasePool
  ) throws -> (history: String, lost: UInt64) {
    let found = try pool.read { database in
      let row = try Row.fetchOne(database, sql: "SELECT history, revision FROM catalogue WHERE only = 1")
      guard let row else { throw StoreError(.corrupt, "is damaged: it has no catalogue row") }
      return WatchPosition(history: row["history"], revision: try revision(row["revision"]))
    }
    guard let marked, marked.history == found.history, marked.revision > found.revision,
      let next = Int64(exactly: marked.revision).map({ $0 &+ 1 }), next > 0
    else { return (found.history, 0) }
    let history = newHistory()
    try pool.write { database in
      try checkWhole(database, upTo: Int64(found.revision))
      try database.execute(
        sql: "UPDATE catalogue SET history = ?, revision = ? WHERE only = 1", arguments: [history, next])
    }
    return (history, marked.revision - found.revision)
  }

  /// Pages of lost commits may have gone into the file already, from where the log overrides only some of them. Then
  /// there are things of later revisions, or the log of changes and the things themselves do not agree.
  private static func checkWhole(_ database: Database, upTo revision: Int64) throws {
    let finding = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)")
    guard finding == "ok" else { throw mixed(finding ?? "its integrity cannot be checked") }
    for table in StoreDomain.allCases.map(\.table) + ["log"] {
      let late = try Int64.fetchOne(database, sql: "SELECT max(revision) FROM \(table)") ?? 0
      if late > revision { throw mixed("its revision is \(revision), and \(table) has \(late)") }
    }
    for domain in StoreDomain.allCases {
      let different = try String.fetchOne(
        database,
        sql: """
          SELECT told.key
            FROM (SELECT key, max(revision), record FROM log WHERE domain = ? GROUP BY key) AS told
            LEFT JOIN \(domain.table) AS kept ON kept.key = told.key
            WHERE told.record IS NOT kept.record LIMIT 1
          """, arguments: [domain.rawValue])
      if different != nil { throw mixed("not every \(domain) is as the log of changes has it") }
    }
  }

  private static func mixed(_ finding: String) -> StoreError {
    StoreError(
      .corrupt,
      "is damaged; restore it, or move it away to start empty (its disk has lost changes, others in part: \(finding))"
    )
  }
}
