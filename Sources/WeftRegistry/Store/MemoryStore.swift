import Synchronization
import WeftDiscovery

/// A store that forgets when the process ends: for tests, simulations and throw-away meshes.
public final class MemoryStore: RegistryStore {
  private struct Contents {
    var history: String
    var revision: UInt64 = 0
    /// By domain and key, as in every store.
    var entries: [StoreDomain: [String: RegistryChange]] = [:]
    var log: [LoggedRevision] = []
    var descriptorSets: [String: [UInt8]] = [:]
  }

  private let contents: Mutex<Contents>

  public init() {
    contents = Mutex(Contents(history: newHistory()))
  }

  public func load() async throws(StoreError) -> StoredState { loadNow() }

  public func commit(_ batch: StoreBatch) async throws(StoreError) { try commitNow(batch) }

  public func replace(
    with replacement: StoreReplacement, previousRevision: UInt64
  ) async throws(StoreError) {
    var batch = StoreBatch(previousRevision: previousRevision)
    batch.revisions = [LoggedRevision(revision: replacement.revision, changes: replacement.entries)]
    batch.forgetChangesThrough = replacement.revision
    batch.descriptorSets = replacement.descriptorSets
    let before = contents.withLock { contents in
      defer {
        contents.entries = [:]
        contents.descriptorSets = [:]
      }
      return contents
    }
    do throws(StoreError) {
      try commitNow(batch)
    } catch {
      contents.withLock { $0 = before }
      throw error
    }
    contents.withLock { $0.history = replacement.history }
  }

  public func descriptorSet(hash: String) async throws(StoreError) -> [UInt8]? {
    contents.withLock { $0.descriptorSets[hash] }
  }

  public func close() async {}

  func loadNow() -> StoredState {
    contents.withLock { contents in
      StoredState(
        history: contents.history, revision: contents.revision,
        entries: StoreDomain.allCases.flatMap { domain in
          (contents.entries[domain] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        },
        log: contents.log,
        descriptorSets: contents.descriptorSets.mapValues(\.count))
    }
  }

  func commitNow(_ batch: StoreBatch) throws(StoreError) {
    let changes: [(change: RegistryChange, stored: StoredChange)]
    do {
      changes = try batch.revisions.flatMap { try $0.changes.map { ($0, try $0.stored()) } }
    } catch {
      throw StoreError(.failed, "a change cannot be written: \(error)")
    }
    let conflict = contents.withLock { contents -> UInt64? in
      guard contents.revision == batch.previousRevision else { return contents.revision }
      for (change, stored) in changes {
        contents.entries[stored.domain, default: [:]][stored.key] = stored.record == nil ? nil : change
      }
      contents.revision = batch.revision
      contents.log += batch.revisions
      let kept = contents.log.firstIndex { $0.revision > batch.forgetChangesThrough }
      contents.log.removeSubrange(..<(kept ?? contents.log.endIndex))
      for hash in batch.removedDescriptorSets { contents.descriptorSets[hash] = nil }
      contents.descriptorSets.merge(batch.descriptorSets) { _, new in new }
      return nil
    }
    if let found = conflict {
      throw StoreError(
        .conflict,
        "expected revision \(batch.previousRevision) but found \(found): is another registry running?")
    }
  }
}

/// A name for a new sequence of revisions: random, so that no two stores ever share one.
func newHistory() -> String {
  let digits = String(UInt64.random(in: .min ... .max), radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
