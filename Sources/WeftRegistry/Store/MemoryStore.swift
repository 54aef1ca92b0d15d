import Synchronization
import WeftDiscovery

/// A store that forgets when the process ends: for tests, simulations and throw-away meshes.
public final class MemoryStore: RegistryStore {
  private struct Contents {
    var history: String
    var revision: UInt64 = 0
    var instances: [InstanceKey: ServiceInstance] = [:]
    var changes: [CatalogueChange] = []
    var descriptorSets: [String: [UInt8]] = [:]
  }

  private let contents: Mutex<Contents>

  public init() {
    contents = Mutex(Contents(history: newHistory()))
  }

  public func load() async throws(StoreError) -> StoredState { loadNow() }

  public func commit(_ batch: StoreBatch) async throws(StoreError) { try commitNow(batch) }

  public func descriptorSet(hash: String) async throws(StoreError) -> [UInt8]? {
    contents.withLock { $0.descriptorSets[hash] }
  }

  public func close() async {}

  func loadNow() -> StoredState {
    contents.withLock { contents in
      StoredState(
        history: contents.history, revision: contents.revision,
        instances: contents.instances.values.sorted { $0.key < $1.key }, changes: contents.changes,
        descriptorSets: contents.descriptorSets.mapValues(\.count))
    }
  }

  func commitNow(_ batch: StoreBatch) throws(StoreError) {
    let conflict = contents.withLock { contents -> UInt64? in
      guard contents.revision == batch.previousRevision else { return contents.revision }
      for change in batch.changes {
        switch change.kind {
        case .put(let instance): contents.instances[change.key] = instance
        case .removed(let key): contents.instances[key] = nil
        }
      }
      contents.revision = batch.revision
      contents.changes += batch.changes
      let kept = contents.changes.firstIndex { $0.revision > batch.forgetChangesThrough }
      contents.changes.removeSubrange(..<(kept ?? contents.changes.endIndex))
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
