/// What comes in the place of everything that a store holds.
public struct StoreReplacement: Sendable, Hashable {
  /// Another one than the store has.
  public var history: String
  /// Above that of the store.
  public var revision: UInt64
  /// Everything that is there then, each as a change that puts it.
  public var entries: [RegistryChange]
  /// Descriptor sets, by hash.
  public var descriptorSets: [String: [UInt8]] = [:]

  public init(history: String, revision: UInt64, entries: [RegistryChange]) {
    self.history = history
    self.revision = revision
    self.entries = entries
  }
}

extension RegistryStore {
  public func replace(
    with replacement: StoreReplacement, previousRevision: UInt64
  ) async throws(StoreError) {
    throw StoreError(.failed, "this store cannot be replaced while it is used")
  }
}
