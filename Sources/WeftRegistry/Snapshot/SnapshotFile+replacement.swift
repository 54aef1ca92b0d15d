import Foundation

extension SnapshotFile {
  /// Reads everything that the snapshot holds, whichever release wrote it.
  /// - Parameter scratch: a folder for files that are gone afterwards.
  /// - Throws: ``Problem``, or `StoreError` when there is no room, or when it holds what this release cannot read.
  func replacement(scratch: String) async throws -> StoreReplacement {
    let partial = "\(scratch)/\(SQLiteStore.scratchPrefix)\(newHistory())"
    defer { SQLiteStore.removeFiles(at: partial) }
    do {
      try copyData(to: partial)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw StoreError(.full, "there is no room for \(contents.size) bytes in \(scratch): \(error)")
    }
    let store = try SQLiteStore(path: partial)
    do {
      let state = try await store.load()
      var replacement = StoreReplacement(
        history: newHistory(), revision: state.revision, entries: state.entries)
      for hash in state.descriptorSets.keys {
        replacement.descriptorSets[hash] = try await store.descriptorSet(hash: hash)
      }
      await store.close()
      return replacement
    } catch {
      await store.close()
      throw error
    }
  }
}
