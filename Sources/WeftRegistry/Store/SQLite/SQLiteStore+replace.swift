import Foundation
import GRDB

extension SQLiteStore {
  /// Names of files beside the store begin so while a snapshot is put together or taken apart.
  static let scratchPrefix = "restoring-"

  /// Removes what a registry that was killed left beside its store while it made a copy or took one in. Only for who has
  /// the folder for itself.
  static func removeLeftovers(beside path: String) {
    let store = URL(fileURLWithPath: path)
    let folder = store.deletingLastPathComponent().path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names
    where name.hasPrefix(scratchPrefix) || name.hasPrefix(store.lastPathComponent + copySuffix) {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  public var scratchFolder: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

  public func replace(
    with replacement: StoreReplacement, previousRevision: UInt64
  ) async throws(StoreError) {
    // As in `commit`: what has begun is not given up when the registry shuts down.
    let result = await withCheckedContinuation {
      (done: CheckedContinuation<Result<Void, any Error>, Never>) in
      pool.asyncWrite { database in
        try SQLiteSchema.replace(with: replacement, previousRevision: previousRevision, in: database)
      } completion: { _, result in
        done.resume(returning: result)
      }
    }
    do { try result.get() } catch { throw StoreError(error, path: path) }
    raiseMark(to: replacement.revision, beginning: replacement.history)
  }
}

extension SQLiteSchema {
  /// Runs inside a transaction.
  fileprivate static func replace(
    with replacement: StoreReplacement, previousRevision: UInt64, in database: Database
  ) throws {
    var batch = StoreBatch(previousRevision: previousRevision)
    batch.revisions = [LoggedRevision(revision: replacement.revision, changes: replacement.entries)]
    // Nobody may go on from before.
    batch.forgetChangesThrough = replacement.revision
    batch.descriptorSets = replacement.descriptorSets
    for table in StoreDomain.allCases.map(\.table) + ["log", "descriptor_set"] {
      try database.execute(sql: "DELETE FROM \(table)")
    }
    try write(batch, to: database)
    try database.execute(
      sql: "UPDATE catalogue SET history = ? WHERE only = 1", arguments: [replacement.history])
  }
}
