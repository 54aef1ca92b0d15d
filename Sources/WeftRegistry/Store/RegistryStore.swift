import Foundation
import WeftDiscovery

/// Everything that a registry finds when it starts.
public struct StoredState: Sendable, Hashable {
  /// Names the sequence of revisions; made once, when the store is created.
  public var history: String
  public var revision: UInt64
  /// Everything that is there, each as a change that puts it.
  public var entries: [RegistryChange]
  /// The newest revisions, in order and without a gap, ending with ``revision``. May reach back less far
  /// than was stored, never further.
  public var log: [LoggedRevision]
  /// Stored descriptor sets: hash and size.
  public var descriptorSets: [String: Int]
  /// How many revisions there once were after those that are here, which the disk has not kept. ``history`` and
  /// ``revision`` are new ones then, and ``log`` is empty.
  public var lostRevisions: UInt64 = 0

  public init(
    history: String, revision: UInt64 = 0, entries: [RegistryChange] = [], log: [LoggedRevision] = [],
    descriptorSets: [String: Int] = [:]
  ) {
    self.history = history
    self.revision = revision
    self.entries = entries
    self.log = log
    self.descriptorSets = descriptorSets
  }
}

/// One transaction: all of it is stored, or nothing.
public struct StoreBatch: Sendable, Hashable {
  /// The revision that the store must have now; otherwise the commit fails with a conflict.
  public var previousRevision: UInt64
  /// In order. The first has the revision after ``previousRevision``, and so on.
  public var revisions: [LoggedRevision] = []
  /// Logged changes up to here are no longer needed.
  public var forgetChangesThrough: UInt64 = 0
  /// Descriptor sets to store, by hash.
  public var descriptorSets: [String: [UInt8]] = [:]
  public var removedDescriptorSets: Set<String> = []

  public init(previousRevision: UInt64) {
    self.previousRevision = previousRevision
  }

  /// The revision once it is committed.
  public var revision: UInt64 { revisions.last?.revision ?? previousRevision }

  public var isEmpty: Bool {
    revisions.isEmpty && descriptorSets.isEmpty && removedDescriptorSets.isEmpty
  }
}

/// Where a registry keeps what must survive it: SQLite on one node, etcd beyond.
///
/// One registry at a time calls ``commit(_:)``, and not before the previous call has returned; reads may
/// overlap with it and do not wait for it. The same test suite runs on every implementation.
public protocol RegistryStore: Sendable {
  func load() async throws(StoreError) -> StoredState
  /// Returns when the batch is durable; it may keep its thread until then. After an error nothing of it is visible, in
  /// this process or, unless the error left that open (as a failing disk does), in the next.
  func commit(_ batch: StoreBatch) async throws(StoreError)
  /// The bytes of a descriptor set, or nil when there is none with this hash.
  func descriptorSet(hash: String) async throws(StoreError) -> [UInt8]?
  /// Puts something else in the place of everything, in one transaction: the log is empty then. Only between two
  /// calls of ``commit(_:)``; fails with a conflict, as that does, at another revision than `previousRevision`.
  func replace(with replacement: StoreReplacement, previousRevision: UInt64) async throws(StoreError)
  /// Where there is room for files as large as the store.
  var scratchFolder: String { get }
  /// Copies everything, as of one revision, into a file that the caller removes.
  func copy() async throws(StoreError) -> StoreCopy
  func close() async
}

/// A file with everything that a store holds.
public struct StoreCopy: Sendable, Hashable {
  public var path: String
  public var history: String
  public var revision: UInt64
  /// How many things of each kind it holds.
  public var counts: [String: UInt64]

  public init(path: String, history: String, revision: UInt64, counts: [String: UInt64]) {
    self.path = path
    self.history = history
    self.revision = revision
    self.counts = counts
  }
}

extension RegistryStore {
  public var scratchFolder: String { NSTemporaryDirectory() }

  public func copy() async throws(StoreError) -> StoreCopy {
    throw StoreError(.failed, "this store keeps nothing that could be copied")
  }
}
