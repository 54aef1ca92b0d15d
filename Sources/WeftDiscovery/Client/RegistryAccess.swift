import WeftRPC

/// What discovery needs of a registry: ``RegistryClient`` gives it over RPC, a test from memory.
///
/// Failures are `RPCError`s.
public protocol RegistryAccess: Sendable {
  /// Returns the lease time in force once the instance is stored.
  func register(_ instance: ServiceInstance) async throws -> Duration
  /// Renews leases; returns the keys that the registry does not know.
  func heartbeat(_ keys: [InstanceKey]) async throws -> [InstanceKey]
  /// Calls `body` with a call for heartbeats, which lasts until `body` returns. UNIMPLEMENTED from a registry that
  /// takes single heartbeats only.
  func withHeartbeatStream(_ body: (any HeartbeatStream) async throws -> Void) async throws
  func deregister(_ key: InstanceKey) async throws
  /// Stores a serialized `google.protobuf.FileDescriptorSet` and returns its hash.
  func putDescriptorSet(_ bytes: [UInt8]) async throws -> String
  func descriptorSet(hash: String) async throws -> [UInt8]
  /// Calls `receive` with one message after the other until the watch ends or `receive` throws.
  func watch(
    service: String?, from position: WatchPosition, _ receive: @Sendable (WatchUpdate) async throws -> Void
  ) async throws
}

extension RegistryAccess {
  public func withHeartbeatStream(_ body: (any HeartbeatStream) async throws -> Void) async throws {
    throw RPCError(.unimplemented, "heartbeats are sent one by one")
  }
}
