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

  /// One without a lease: it stays however fast time passes.
  static func lasting(_ service: String = "hello", _ id: String = "1", created: UInt64 = 0) -> ServiceInstance
  {
    var instance = sample(service, id, created: created)
    instance.lease = nil
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
    /// Changes when calls that are under way are cut.
    var connection = 0
    var knowsHeartbeatStream = true
    var refused: Set<InstanceKey> = []
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
      state.connection += 1
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

  /// Calls that are under way end; new ones find the same registry.
  func cutCalls() { state.withLock { $0.connection += 1 } }

  /// Answers that it does not know HeartbeatStream, as older registries do.
  func forgetHeartbeatStream() { state.withLock { $0.knowsHeartbeatStream = false } }

  /// Heartbeats of this instance are denied, with all others in the same message.
  func refuse(_ key: InstanceKey) { state.withLock { _ = $0.refused.insert(key) } }

  /// How many tasks sleep when everybody is done with what there is to do: the registry, if it is there, and so many
  /// registrations.
  func restingSleepers(registrations: Int = 1) -> Int {
    state.withLock { registrations + ($0.isAway ? 0 : 1) }
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
    guard state.withLock({ $0.refused.isDisjoint(with: keys) }) else {
      throw RPCError(.permissionDenied, "not yours")
    }
    return try await translating { try registry.heartbeat(keys).unknown }
  }

  private struct Stream: HeartbeatStream {
    let standIn: RegistryStandIn
    let connection: Int

    func send(_ keys: [InstanceKey]) async throws -> [InstanceKey] {
      guard standIn.state.withLock({ $0.connection == connection }) else {
        throw RPCError(.unavailable, "the connection is gone")
      }
      return try await standIn.heartbeat(keys)
    }
  }

  func withHeartbeatStream(_ body: (any HeartbeatStream) async throws -> Void) async throws {
    _ = try reach("open heartbeats")
    let (connection, isKnown) = state.withLock { ($0.connection, $0.knowsHeartbeatStream) }
    guard isKnown else { throw RPCError(.unimplemented, "unknown method") }
    try await body(Stream(standIn: self, connection: connection))
    _ = try reach("close heartbeats")
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

/// Moves a clock until the body is done: time passes as fast as it is used.
///
/// It stands still while fewer than `resting` tasks sleep on it: somebody has something to do first. So time does not
/// run away from tasks that a busy machine lets starve.
func withTimePassing<R>(
  _ clock: ManualClock, step: Duration = .milliseconds(100),
  resting: @escaping @Sendable () -> Int = { 0 }, _ body: () async throws -> R
) async throws -> R {
  try await withThrowingTaskGroup { group in
    group.addTask {
      while !Task.isCancelled {
        if clock.sleepers >= resting() { clock.advance(by: step) }
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
