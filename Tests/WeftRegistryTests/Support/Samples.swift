import Foundation
import Logging
import WeftDiscovery

@testable import WeftRegistry

extension ServiceInstance {
  /// A small valid instance.
  static func sample(
    _ service: String = "hello", _ id: String = "1", port: Int = 9000, hash: String = "",
    lease: Duration? = .seconds(10), created: UInt64 = 0, added: UInt64? = nil, modified: UInt64? = nil
  ) -> ServiceInstance {
    var instance = ServiceInstance(
      service: service, id: id, address: "127.0.0.1", port: port, descriptorSetHash: hash, lease: lease)
    instance = instance.created(created, added: added, modified: modified)
    return instance
  }

  /// One with something in every field.
  static let full = ServiceInstance(
    service: "matching", id: "m-1", address: "2001:db8::1", port: 8208,
    protoServices: ["weft.matching.v1.MatchingService"],
    descriptorSetHash: String(repeating: "0a", count: 32), tags: ["blau", "测试"],
    metadata: ["team": "Ada", "note": "über 履歴"], version: "1.2.3", zone: "eu-1", weight: 7,
    lease: .milliseconds(1_234))

  /// As the registry gives it back.
  func created(_ revision: UInt64, added: UInt64? = nil, modified: UInt64? = nil) -> ServiceInstance {
    var instance = self
    instance.createdRevision = revision
    instance.addedRevision = added ?? revision
    instance.modifiedRevision = modified ?? added ?? revision
    return instance
  }
}

extension CatalogueChange {
  static func put(_ revision: UInt64, _ instance: ServiceInstance) -> CatalogueChange {
    CatalogueChange(revision: revision, kind: .put(instance))
  }

  static func removed(_ revision: UInt64, _ key: InstanceKey) -> CatalogueChange {
    CatalogueChange(revision: revision, kind: .removed(key))
  }
}

extension LoggedRevision {
  static func put(_ revision: UInt64, _ instance: ServiceInstance) -> LoggedRevision {
    LoggedRevision(revision: revision, changes: [.instance(.put(InstanceRecord(instance)))])
  }

  static func removed(_ revision: UInt64, _ key: InstanceKey) -> LoggedRevision {
    LoggedRevision(revision: revision, changes: [.instance(.removed(key))])
  }
}

extension StoredState {
  /// The instances among the entries.
  var instances: [ServiceInstance] {
    entries.compactMap { entry in
      guard case .instance(.put(let record)) = entry else { return nil }
      return record.instance
    }
  }
}

extension TemporaryDirectory {
  func file() -> String { file("registry.sqlite") }
}

/// Runs a registry for the length of `body`.
func withRegistry<R>(
  store: any RegistryStore = MemoryStore(), configuration: RegistryConfiguration = .init(),
  clock: any MonotonicClock = ManualClock(), _ body: (Registry) async throws -> R
) async throws -> R {
  let registry = try await Registry(store: store, configuration: configuration, clock: clock, logger: .silent)
  return try await withThrowingTaskGroup { group in
    group.addTask { await registry.run() }
    let result = try await body(registry)
    group.cancelAll()
    try await group.waitForAll()
    return result
  }
}
