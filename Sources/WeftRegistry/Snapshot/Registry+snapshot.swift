import Crypto
import Foundation
import WeftDiscovery

extension Registry {
  /// Saves everything as of one revision, and hands the pieces of the file to `write`, one after the other. Changes go
  /// on meanwhile.
  /// - Throws: `failedPrecondition` when the store keeps nothing that could be copied, `resourceExhausted` when there is
  ///   no room for the copy; and what `write` throws.
  public func saveSnapshot(_ write: (_ piece: [UInt8]) async throws -> Void) async throws {
    let copy: StoreCopy
    do {
      copy = try await store.copy()
    } catch {
      throw RegistryError(error)
    }
    defer { try? FileManager.default.removeItem(atPath: copy.path) }
    guard let file = FileHandle(forReadingAtPath: copy.path) else {
      throw RegistryError.unavailable("the copy of the store cannot be read")
    }
    defer { try? file.close() }
    let size = try file.seekToEnd()
    try file.seek(toOffset: 0)
    let contents = SnapshotFile.Contents(
      history: copy.history, revision: copy.revision, savedAt: wallClock(), counts: copy.counts, size: size)
    var hash = SHA256()
    var rest = size
    var piece = try SnapshotFile.beginning(contents)
    while true {
      hash.update(data: piece)
      try await write(piece)
      guard rest > 0, let data = try file.read(upToCount: Int(min(UInt64(SnapshotFile.pieceBytes), rest)))
      else {
        break
      }
      rest -= UInt64(data.count)
      piece = [UInt8](data)
    }
    try await write(Array(hash.finalize()))
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
    } catch {
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: partial + suffix) }
      throw error
    }
  }
}
