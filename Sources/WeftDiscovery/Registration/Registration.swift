import Logging
import Synchronization
import WeftRPC

/// Registers one instance and keeps it registered.
///
/// Heartbeats come at a third of the lease, so that two may be lost; those of registrations that share a
/// ``HeartbeatSender`` travel together. While the registry is away they are tried again for ever; once it is back
/// and does not know the instance, because its lease ran out or the registry lost its data, the instance is
/// registered anew.
public final class Registration: Sendable {
  private struct State {
    var isRegistered = false
    var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var lastWaiter: UInt64 = 0
  }

  private let client: any RegistryAccess
  private let instance: ServiceInstance
  private let descriptorSet: [UInt8]
  private let heartbeats: HeartbeatSender
  private let clock: any MonotonicClock
  private let logger: Logger
  private let state = Mutex(State())

  /// `descriptorSet` is stored with the registry first, and `instance.descriptorSetHash` then set to its hash;
  /// empty for an instance that has none. `ttl` is the lease time to ask for. All registrations of one client are
  /// to be given the same `heartbeats`; without, this one has a call of its own.
  public init(
    client: any RegistryAccess, instance: ServiceInstance, descriptorSet: [UInt8] = [],
    ttl: Duration = ServiceInstance.defaultLease, heartbeats: HeartbeatSender? = nil,
    clock: any MonotonicClock = SystemClock(), logger: Logger
  ) {
    var instance = instance
    instance.lease = ttl
    self.client = client
    self.instance = instance
    self.descriptorSet = descriptorSet
    self.heartbeats = heartbeats ?? HeartbeatSender(client: client, clock: clock)
    self.clock = clock
    var logger = logger
    logger[metadataKey: "instance"] = "\(instance.key)"
    self.logger = logger
  }

  /// Keeps the instance registered until the task is cancelled, then deregisters it and returns.
  ///
  /// Throws when the registry refuses the instance the first time for a reason that trying again cannot mend,
  /// such as a bad field or a certificate of another service.
  public func run() async throws {
    defer { release(registered: false) }
    do {
      try await keepRegistered()
    } catch is CancellationError {
      await deregister()
    }
  }

  /// Returns once the instance has been registered, or when the task is cancelled.
  public func waitUntilRegistered() async {
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDone = state.withLock { state in
          if state.isRegistered || Task.isCancelled { return true }
          state.waiting[id] = continuation
          return false
        }
        if isDone { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
    }
  }

  public var isRegistered: Bool { state.withLock { $0.isRegistered } }

  // MARK: The loop

  private func keepRegistered() async throws {
    // Sooner than a lease lasts: a registry that comes back with its data gives everybody one anew.
    var backoff = Backoff(longest: min(.seconds(5), (instance.lease ?? ServiceInstance.defaultLease) / 3))
    var hash: String?
    var hasSucceeded = false
    while true {
      try Task.checkCancellation()
      do {
        let lease = try await register(hash: &hash)
        backoff.reset()
        hasSucceeded = true
        release(registered: true)
        logger.info("registered", metadata: ["lease": "\(lease)"])
        try await heartbeat(every: lease / 3)
        logger.notice("the registry does not know this instance any more; registering again")
      } catch let error as CancellationError {
        throw error
      } catch {
        try Task.checkCancellation()
        if !hasSucceeded, isPermanent(error) { throw error }
        logger.warning("registration failed; will try again", metadata: ["error": "\(error)"])
        try await clock.sleep(for: backoff.next())
      }
    }
  }

  /// Registers once. `hash` is that of the descriptor set once it is stored; forgotten when it is no more.
  private func register(hash: inout String?) async throws -> Duration {
    var instance = instance
    if !descriptorSet.isEmpty {
      let known: String
      if let hash { known = hash } else { known = try await client.putDescriptorSet(descriptorSet) }
      hash = known
      instance.descriptorSetHash = known
    }
    do {
      return try await uncancelled { [client, instance] in try await client.register(instance) }
    } catch let error as RPCError where error.code == .failedPrecondition {
      hash = nil
      throw error
    }
  }

  /// Returns when the registry does not know the instance.
  private func heartbeat(every interval: Duration) async throws {
    var isAway = false
    try await heartbeats.keepAlive(instance.key, every: interval) { error in
      defer { isAway = error != nil }
      guard let error else { return logger.notice("heartbeats reach the registry again") }
      // Once per absence: a registry that is away for an hour is one piece of news.
      logger.log(
        level: isAway ? .debug : .warning, "heartbeat failed; will try again", metadata: ["error": "\(error)"]
      )
    }
  }

  private func deregister() async {
    do {
      try await uncancelled { [client, instance] in try await client.deregister(instance.key) }
      logger.info("deregistered")
    } catch {
      logger.warning("could not deregister; the lease will run out", metadata: ["error": "\(error)"])
    }
  }

  /// Trying again will be answered the same.
  private func isPermanent(_ error: any Error) -> Bool {
    guard let code = (error as? RPCError)?.code else { return false }
    return [.invalidArgument, .permissionDenied, .unauthenticated, .unimplemented].contains(code)
  }

  /// Lets a call finish although the task is cancelled: a registration that was cut off half-way could
  /// reach the registry after the deregistration that follows it.
  private func uncancelled<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
    try await Task { try await body() }.value
  }

  private func release(registered: Bool) {
    let waiting = state.withLock { state in
      state.isRegistered = registered
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume() }
  }
}
