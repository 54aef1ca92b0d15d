import Logging
import Synchronization
import WeftDiscovery
import WeftRPC
import WeftRegistry

extension ServiceInstance {
  static func sample(_ service: String = "hello", _ id: String = "1", port: Int = 9000, created: UInt64 = 0)
    -> ServiceInstance
  {
    var instance = ServiceInstance(service: service, id: id, address: "127.0.0.1", port: port)
    instance.createdRevision = created
    instance.addedRevision = created
    instance.modifiedRevision = created
    return instance
  }
}

/// A real registry behind ``RegistryAccess``, without a network, that a test can take away, bring back and
/// swap for another.
final class RegistryStandIn: RegistryAccess {
  private struct State {
    var registry: Registry
    var run: Task<Void, Never>
    var isAway = false
    var calls: [String] = []
  }

  private let state: Mutex<State>
  let clock: ManualClock

  init(store: MemoryStore = MemoryStore(), clock: ManualClock = ManualClock()) async throws {
    let registry = try await Registry(store: store, clock: clock, logger: .silent)
    self.clock = clock
    state = Mutex(State(registry: registry, run: Task { await registry.run() }))
  }

  deinit {
    state.withLock { $0.run.cancel() }
  }

  var registry: Registry { state.withLock { $0.registry } }

  /// Names of the calls so far.
  var calls: [String] { state.withLock { $0.calls } }

  /// The process dies; calls fail until ``start(_:)``.
  func stop() async {
    let run = state.withLock { state in
      state.isAway = true
      return state.run
    }
    run.cancel()
    await run.value
  }

  /// A new process takes over, with this store.
  func start(_ store: MemoryStore) async throws {
    let registry = try await Registry(store: store, clock: clock, logger: .silent)
    state.withLock { state in
      state.registry = registry
      state.run = Task { await registry.run() }
      state.isAway = false
    }
  }

  private func reach(_ call: String) throws -> Registry {
    try state.withLock { state in
      state.calls.append(call)
      if state.isAway { throw RPCError(.unavailable, "connection refused") }
      return state.registry
    }
  }

  private func translating<R>(_ body: () async throws -> R) async throws -> R {
    do { return try await body() } catch let error as any RPCErrorConvertible { throw error.rpcError }
  }

  func register(_ instance: ServiceInstance) async throws -> Duration {
    let registry = try reach("register")
    return try await translating {
      _ = try await registry.register(instance)
      return instance.lease ?? .zero
    }
  }

  func heartbeat(_ keys: [InstanceKey]) async throws -> [InstanceKey] {
    let registry = try reach("heartbeat")
    return try await translating { try registry.heartbeat(keys).unknown }
  }

  func deregister(_ key: InstanceKey) async throws {
    let registry = try reach("deregister")
    try await translating { _ = try await registry.deregister(key) }
  }

  func putDescriptorSet(_ bytes: [UInt8]) async throws -> String {
    let registry = try reach("putDescriptorSet")
    return try await translating { try await registry.putDescriptorSet(bytes) }
  }

  func descriptorSet(hash: String) async throws -> [UInt8] {
    let registry = try reach("descriptorSet")
    return try await translating { try await registry.descriptorSet(hash: hash) }
  }

  func watch(
    service: String?, from position: WatchPosition, _ receive: @Sendable (WatchUpdate) async throws -> Void
  ) async throws {
    let registry = try reach("watch")
    for await update in try registry.watch(service: service, from: position) { try await receive(update) }
  }
}

/// Moves a clock whenever somebody sleeps on it, until the body is done: time passes as fast as it is used.
func withTimePassing<R>(
  _ clock: ManualClock, step: Duration = .milliseconds(100), _ body: () async throws -> R
) async throws -> R {
  try await withThrowingTaskGroup { group in
    group.addTask {
      while !Task.isCancelled {
        clock.advance(by: step)
        await Task.yield()
      }
    }
    let result = try await body()
    group.cancelAll()
    return result
  }
}

/// Yields until the condition holds. Does not sleep as `eventually` does: meanwhile the clock, which
/// moves as fast as it is used, would run hours ahead.
func yielding(until condition: () -> Bool) async {
  while !condition() { await Task.yield() }
}
