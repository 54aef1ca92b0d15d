import Synchronization
import Testing
import WeftDiscovery
import WeftRPC

/// A registry of which only watches are used, and which plays what a test wants.
private final class ScriptedWatches: RegistryAccess {
  typealias Script =
    @Sendable (_ attempt: Int, WatchPosition, (WatchUpdate) async throws -> Void) async throws -> Void

  private let script: Script
  private let attempts = Mutex<[WatchPosition]>([])

  init(_ script: @escaping Script) {
    self.script = script
  }

  /// Where each watch began.
  var positions: [WatchPosition] { attempts.withLock { $0 } }

  func watch(
    service: String?, from position: WatchPosition, _ receive: @Sendable (WatchUpdate) async throws -> Void
  ) async throws {
    let attempt = attempts.withLock { attempts in
      attempts.append(position)
      return attempts.count
    }
    try await script(attempt, position, receive)
  }

  func register(_ instance: ServiceInstance) async throws -> Duration { throw unimplemented }
  func heartbeat(_ keys: [InstanceKey]) async throws -> [InstanceKey] { throw unimplemented }
  func deregister(_ key: InstanceKey) async throws { throw unimplemented }
  func putDescriptorSet(_ bytes: [UInt8]) async throws -> String { throw unimplemented }
  func descriptorSet(hash: String) async throws -> [UInt8] { throw unimplemented }

  private var unimplemented: RPCError { RPCError(.unimplemented, "not in this test") }
}

@Suite("A catalogue's watch")
struct CatalogueWatchTests {
  private static let snapshot = WatchUpdate(
    position: WatchPosition(history: "h", revision: 3), snapshot: [.sample()])

  private func withCatalogue(
    _ registry: ScriptedWatches, _ body: (Catalogue) async throws -> Void
  ) async throws {
    let clock = ManualClock()
    let catalogue = Catalogue(client: registry, clock: clock, logger: .silent)
    try await withThrowingTaskGroup { group in
      group.addTask { await catalogue.run() }
      try await withTimePassing(clock, step: .seconds(1)) { try await body(catalogue) }
      group.cancelAll()
    }
  }

  @Test("that falls silent is given up and begun anew where it was")
  func silence() async throws {
    let registry = ScriptedWatches { attempt, _, receive in
      if attempt == 1 { try await receive(Self.snapshot) }
      // A connection whose other end has vanished.
      try await Task.sleep(for: .seconds(86_400))
    }
    try await withCatalogue(registry) { catalogue in
      await yielding { registry.positions.count >= 3 }
      #expect(registry.positions[1] == Self.snapshot.position)
      #expect(catalogue.current.services == ["hello": [.sample()]])
    }
  }

  @Test("that skips a revision is not believed: the next one starts over, and nothing is lost meanwhile")
  func gap() async throws {
    let registry = ScriptedWatches { attempt, _, receive in
      try await receive(Self.snapshot)
      guard attempt == 1 else { return try await Task.sleep(for: .seconds(86_400)) }
      let change = CatalogueChange(revision: 5, kind: .removed(ServiceInstance.sample().key))
      let position = WatchPosition(history: "h", revision: 5)
      try await receive(WatchUpdate(position: position, after: 4, changes: [change]))
    }
    try await withCatalogue(registry) { catalogue in
      await yielding { registry.positions.count >= 2 }
      #expect(registry.positions[1] == .start)
      #expect(catalogue.current.services == ["hello": [.sample()]])
    }
  }

  @Test("that ends in the middle of a snapshot changes nothing")
  func brokenSnapshot() async throws {
    let registry = ScriptedWatches { attempt, _, receive in
      guard attempt > 1 else { return try await receive(Self.snapshot) }
      var piece = WatchUpdate(position: WatchPosition(history: "h", revision: 9), snapshot: [.sample("half")])
      piece.snapshotContinues = true
      try await receive(piece)
      throw RPCError(.unavailable, "the connection ended")
    }
    try await withCatalogue(registry) { catalogue in
      await yielding { registry.positions.count >= 4 }
      #expect(registry.positions[3] == Self.snapshot.position)
      #expect(catalogue.current.services == ["hello": [.sample()]])
    }
  }
}
