import Foundation
import WeftDiscovery

extension Registry {
  /// Saves everything as of one revision, and hands the pieces of a ``SnapshotFile`` to `write`, one after the other.
  /// Changes go on meanwhile.
  /// - Throws: `failedPrecondition` when the store keeps nothing that could be copied, `resourceExhausted` when there is
  ///   no room for the copy; and what `write` throws.
  public func saveSnapshot(_ write: (_ piece: [UInt8]) async throws -> Void) async throws {
    try await withSnapshot { try await $0.write(write) }
  }

  /// The same as a gzipped tar archive, which Consul's tools can unpack and check.
  /// - Parameters:
  ///   - begin: is told the revision before the first piece.
  public func saveSnapshotArchive(
    _ begin: (_ revision: UInt64) async throws -> Void, _ write: (_ piece: [UInt8]) async throws -> Void
  ) async throws {
    try await withSnapshot { snapshot in
      try await begin(snapshot.contents.revision)
      try await SnapshotArchive.write(snapshot, write)
    }
  }

  private func withSnapshot(_ body: (SnapshotCopy) async throws -> Void) async throws {
    let copy: StoreCopy
    do {
      copy = try await store.copy()
    } catch {
      throw RegistryError(error)
    }
    defer { try? FileManager.default.removeItem(atPath: copy.path) }
    let snapshot = try SnapshotCopy(copy, savedAt: wallClock())
    defer { snapshot.close() }
    try await body(snapshot)
  }
}

extension SnapshotFile {
  /// Makes the store of a new registry from the snapshot. It begins a new history, so that whoever knew the registry
  /// before starts over; its revisions go on where they were.
  /// - Throws: ``Problem`` when the folder has a store already, or `StoreError`.
  public func restore(into folder: String) async throws {
    let target = "\(folder)/registry.sqlite"
    for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: target + suffix) {
      throw Problem(target + suffix, "is there already; a snapshot is restored into an empty folder only")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Under another name until it is whole: a registry that starts meanwhile must not find half of it.
    let partial = target + ".restoring"
    do {
      try copyData(to: partial)
      let store = try SQLiteStore(path: partial)
      do {
        try await store.beginHistory()
      } catch {
        await store.close()
        throw error
      }
      await store.close()
      try FileManager.default.moveItem(atPath: partial, toPath: target)
      // Empty by now; the registry makes its own.
      SQLiteStore.removeCompanions(of: partial)
    } catch {
      SQLiteStore.removeFiles(at: partial)
      throw error
    }
  }
}
