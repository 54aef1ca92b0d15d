import WeftDiscovery
import WeftRegistry

extension Registry {
  /// Gives a new registry its first revision.
  ///
  /// Consul's indexes begin at 1, because 0 means not to wait. An empty registry says 1, so its first change must
  /// be the second one: otherwise who waits for it with the index 1 would not see it. The first is its own node.
  func beginIndexes() async throws(RegistryError) {
    guard statistics.revision == 0, var node = node(Node.registryName) else { return }
    node.metadata[Node.segmentKey] = ""
    _ = try await putNode(node)
  }
}
