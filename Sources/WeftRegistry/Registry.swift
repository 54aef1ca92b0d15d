import Logging
import Synchronization
import WeftDiscovery
import WeftRPC

/// A live registry: ``RegistryCore`` with a store, a clock, callers and watchers.
///
/// One lock guards all state and is held for microseconds, never across a suspension; reads and heartbeats
/// are answered under it at once. Writes queue up, and one task, ``run()``, commits whatever has queued while
/// the previous commit was on its way to the disk as one transaction.
public final class Registry: Sendable {
  struct State: Sendable {
    var core: RegistryCore
    var queue: [QueuedCommand] = []
    /// The commit loop, when it has nothing to do.
    var parkedCommitter: CheckedContinuation<Void, Never>?
    var hub = WatchHub()
    var watchers = 0
    var lastWaiter: UInt64 = 0
    var isClosed = false
    var statistics = RegistryStatistics()
  }

  struct QueuedCommand: Sendable {
    var command: RegistryCommand
    /// Nil when nobody waits for the answer.
    var caller: CheckedContinuation<Result<UInt64, RegistryError>, Never>?
  }

  let state: Mutex<State>
  let store: any RegistryStore
  let configuration: RegistryConfiguration
  let clock: any MonotonicClock
  let metrics: RegistryMetrics
  let logger: Logger

  /// Loads the store. The registry answers reads from now on, and writes once ``run()`` runs.
  public init(
    store: any RegistryStore, configuration: RegistryConfiguration = RegistryConfiguration(),
    clock: any MonotonicClock = SystemClock(), metrics: MetricsRegistry = .shared, logger: Logger
  ) async throws(StoreError) {
    let core = RegistryCore(
      try await store.load(), limits: configuration.limits,
      descriptorRetention: configuration.descriptorRetention, now: clock.now)
    logger.info(
      "registry loaded",
      metadata: [
        "revision": "\(core.revision)", "instances": "\(core.catalogue.count)", "history": "\(core.history)",
      ])
    self.state = Mutex(State(core: core))
    self.store = store
    self.configuration = configuration
    self.clock = clock
    self.metrics = RegistryMetrics(metrics)
    self.logger = logger
  }

  /// Commits writes and removes the dead until the task is cancelled. Then what was queued is committed and
  /// answered, later writes are refused, watches end, and it returns.
  public func run() async {
    await withTaskGroup { group in
      group.addTask { await self.commitLoop() }
      group.addTask { await self.leaseLoop() }
    }
  }

  // MARK: Writes

  /// Adds an instance, or replaces the one with the same key; returns the revision once it is durable.
  public func register(_ instance: ServiceInstance) async throws(RegistryError) -> UInt64 {
    try await submit(.register(instance.validated()))
  }

  /// Removes an instance; one that is not there is no error.
  public func deregister(_ key: InstanceKey) async throws(RegistryError) -> UInt64 {
    try await submit(.deregister(key.validated(field: "instance")))
  }

  /// Renews leases. Returns the keys that are not registered.
  public func heartbeat(
    _ keys: [InstanceKey]
  ) throws(RegistryError) -> (unknown: [InstanceKey], revision: UInt64) {
    let limit = configuration.limits.heartbeatsPerRequest
    guard keys.count <= limit else {
      throw .invalidArgument(
        field: "instances", reason: "has \(keys.count) entries; at most \(limit) are taken")
    }
    let now = clock.now
    return state.withLock { state in
      state.statistics.heartbeats += UInt64(keys.count)
      return (state.core.heartbeat(keys, now: now), state.core.revision)
    }
  }

  // MARK: Reads

  /// The instances of one service, sorted by id.
  public func resolve(_ service: String) -> (revision: UInt64, instances: [ServiceInstance]) {
    let (revision, records) = state.withLock { ($0.core.revision, $0.core.catalogue.records(of: service)) }
    return (revision, records.map(\.instance))
  }

  /// Every service with its number of instances, sorted by name.
  public func listServices() -> (revision: UInt64, services: [(name: String, instances: Int)]) {
    let (revision, services) = state.withLock { ($0.core.revision, $0.core.catalogue.services) }
    return (revision, services.map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 })
  }

  /// What happens after `start`, beginning with a snapshot when there is no knowing that.
  public func watch(
    service: String? = nil, from start: WatchPosition = .start
  ) throws(RegistryError) -> WatchSequence {
    let limit = configuration.limits.watchers
    let admitted = state.withLock { state in
      guard state.watchers < limit else { return false }
      state.watchers += 1
      return true
    }
    guard admitted else { throw .resourceExhausted("the registry has its limit of \(limit) watchers") }
    return WatchSequence(registry: self, cursor: WatchCursor(service: service, from: start))
  }

  public var statistics: RegistryStatistics {
    state.withLock { state in
      var statistics = state.statistics
      statistics.revision = state.core.revision
      statistics.instances = state.core.catalogue.count
      statistics.services = state.core.catalogue.services.count
      statistics.watchers = state.watchers
      statistics.descriptorSets = state.core.descriptors.count
      statistics.queuedCommands = state.queue.count
      return statistics
    }
  }
}
