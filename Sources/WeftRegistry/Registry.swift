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
    var restores: [QueuedRestore] = []
    /// The commit loop, when it has nothing to do.
    var parkedCommitter: CheckedContinuation<Void, Never>?
    var gathering = CommitGathering()
    var hub = WatchHub()
    var watchers = 0
    var lastWaiter: UInt64 = 0
    var isClosed = false
    var statistics = RegistryStatistics()
  }

  struct QueuedCommand: Sendable {
    var command: RegistryCommand
    /// Nil when nobody waits for the answer.
    var caller: CheckedContinuation<Result<CommandOutcome, RegistryError>, Never>?
    /// Who asked for it.
    var actor = AuditActor.registry
  }

  let state: Mutex<State>
  let store: any RegistryStore
  let configuration: RegistryConfiguration
  let clock: any MonotonicClock
  /// Time since 1970, for people.
  let wallClock: @Sendable () -> Duration
  let prober: any CheckProber
  let metrics: RegistryMetrics
  let logger: Logger
  let accessCache = AccessCache()
  let audit: AuditLog?
  /// Turns away clients that ask too often; nil when there is no limit.
  public let rateLimiter: RateLimiter?

  /// Loads the store. The registry answers reads from now on, and writes once ``run()`` runs.
  public init(
    store: any RegistryStore, configuration: RegistryConfiguration = RegistryConfiguration(),
    clock: any MonotonicClock = SystemClock(), metrics: MetricsRegistry = .shared, logger: Logger,
    wallClock: (@Sendable () -> Duration)? = nil, prober: any CheckProber = NetworkProber()
  ) async throws(StoreError) {
    let stored = try await store.load()
    if stored.lostRevisions > 0 {
      logger.error(
        "the disk has lost the newest changes; watchers start over",
        metadata: ["lost": "\(stored.lostRevisions)", "revision": "\(stored.revision)"])
    }
    let core = RegistryCore(
      stored, limits: configuration.limits,
      descriptorRetention: configuration.descriptorRetention, address: configuration.nodeAddress,
      protection: configuration.selfProtection, now: clock.now,
      wallTime: (wallClock ?? { WallTime.now() })())
    logger.info(
      "registry loaded",
      metadata: [
        "revision": "\(core.revision)", "instances": "\(core.catalogue.count)", "history": "\(core.history)",
      ])
    self.state = Mutex(State(core: core))
    self.store = store
    self.configuration = configuration
    self.clock = clock
    self.prober = prober
    self.wallClock = wallClock ?? { WallTime.now() }
    self.metrics = RegistryMetrics(metrics)
    self.logger = logger
    rateLimiter = configuration.rateLimit.map { RateLimiter($0, clock: clock) }
    audit = try configuration.audit.map { (audit) throws(StoreError) in
      do {
        return try AuditLog(audit, logger: logger)
      } catch {
        throw StoreError(.failed, "the audit log \(audit.path) cannot be opened: \(error)")
      }
    }
    addInitialToken()
  }

  /// Commits writes and removes the dead until the task is cancelled. Then what was queued is committed and
  /// answered, later writes are refused, watches end, and it returns.
  public func run() async {
    await withTaskGroup { group in
      group.addTask(executorPreference: CommitExecutor()) { await self.commitLoop() }
      group.addTask { await self.leaseLoop() }
    }
  }

  // MARK: Heartbeats and watches

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

  /// What happens after `start`, beginning with a snapshot when there is no knowing that.
  public func watch(
    service: String? = nil, from start: WatchPosition = .start
  ) throws(RegistryError) -> WatchSequence {
    try admitWatcher()
    return WatchSequence(registry: self, cursor: WatchCursor(service: service, from: start))
  }

  /// Takes one of the places that a ``WatchSlot`` gives back.
  func admitWatcher() throws(RegistryError) {
    let limit = configuration.limits.watchers
    let admitted = state.withLock { state in
      guard state.watchers < limit else { return false }
      state.watchers += 1
      return true
    }
    guard admitted else { throw .resourceExhausted("the registry has its limit of \(limit) watchers") }
  }

  public var statistics: RegistryStatistics {
    state.withLock { state in
      var statistics = state.statistics
      statistics.revision = state.core.revision
      statistics.instances = state.core.catalogue.count
      statistics.services = state.core.catalogue.services.count
      statistics.nodes = state.core.catalogue.nodes.count
      statistics.checks = state.core.checks.count
      statistics.protectedInstances = state.core.protection.silentCount
      statistics.watchers = state.watchers
      statistics.descriptorSets = state.core.descriptors.count
      statistics.queuedCommands = state.queue.count
      statistics.keys = state.core.keyValue.count
      statistics.keyBytes = state.core.keyValue.bytes
      statistics.sessions = state.core.sessions.sessions.count
      statistics.tokens = state.core.access.tokens.count
      statistics.limitedRequests = rateLimiter?.limitedRequests ?? 0
      statistics.isAuditFailing = audit?.isFailing ?? false
      return statistics
    }
  }
}
