import NIOCore
import WeftHTTP2

/// Making connections, and making them again.
extension Subchannel {
  /// Connections that end sooner are counted,
  private static let shortLife: TimeAmount = .seconds(1)
  /// and after this many in a row there is a pause.
  private static let maxShortLives = 5

  /// Begins to connect, unless there is a connection, an attempt, or a pause after one that failed.
  func connect() {
    let began = state.withLock { state in
      if state.isShutDown || state.isConnecting || !state.pool.isEmpty { return false }
      if state.retry != nil, !state.status.isIdle { return false }
      state.retry?.cancel()
      beginAttempt(&state)
      return true
    }
    if began { onEvent(.changed) }
  }

  /// Ends a pause between attempts: there is news of the address.
  func connectNow() {
    state.withLock { state in
      guard let retry = state.retry, state.pool.isEmpty, !state.isShutDown else { return }
      retry.cancel()
      beginAttempt(&state)
    }
  }

  /// Adds a connection when all are full, as far as the options allow.
  func grow() {
    state.withLock { state in
      guard !state.isShutDown, !state.isConnecting, state.retry == nil, !state.pool.isEmpty,
        state.pool.count < options.maxConnectionsPerAddress
      else { return }
      beginAttempt(&state)
    }
  }

  private func beginAttempt(_ state: inout State) {
    state.retry = nil
    state.isConnecting = true
    if state.pool.isEmpty, !state.status.isFailed { state.status = .connecting }
    let epoch = state.epoch
    Task { await attempt(epoch) }
  }

  private func attempt(_ epoch: Int) async {
    let start = NIODeadline.now()
    let life = ConnectionLife()
    do {
      let connection = try await open(life)
      added(PooledConnection(connection, life, of: self), epoch)
    } catch {
      failed((error as? HTTP2ConnectError)?.reason ?? String(describing: error), start, epoch)
    }
  }

  private func added(_ pooled: PooledConnection, _ epoch: Int) {
    let isWanted = state.withLock { state in
      guard epoch == state.epoch, !state.isShutDown else { return false }
      state.isConnecting = false
      state.failures = 0
      state.pool.append(pooled)
      state.status = .ready
      if state.pool.count > 1, state.trim == nil { state.trim = scheduleTrim() }
      return true
    }
    guard isWanted else { return pooled.connection.close() }
    gate?.connected(pooled.connection)
    trace.add("connected")
    onEvent(.changed)
    // It may have ended before it was added.
    if let reason = pooled.life.endReason { lost(pooled.life, reason) }
  }

  private func failed(_ reason: String, _ start: NIODeadline, _ epoch: Int) {
    let isNews = state.withLock { state in
      guard epoch == state.epoch, !state.isShutDown else { return false }
      state.isConnecting = false
      state.failures += 1
      // From the start of the attempt (gRPC's connection-backoff).
      let next = max(start + TimeAmount(options.backoff.delay(afterFailure: state.failures)), .now())
      if state.pool.isEmpty {
        state.status = .failed(ConnectFailure(reason: reason, attempts: state.failures, next: next))
      }
      state.retry = scheduleRetry(at: next)
      return true
    }
    guard isNews else { return }
    trace.add("connecting failed: \(reason)", .ctWarning)
    options.logger.debug(
      "connecting failed", metadata: ["address": "\(endpoint.text)", "reason": "\(reason)"])
    onEvent(.lost)
  }

  private func scheduleRetry(at time: NIODeadline) -> Scheduled<Void> {
    group.any().scheduleTask(deadline: time) { self.retryNow() }
  }

  private func retryNow() {
    let isForMore = state.withLock { state in
      if state.isShutDown || state.isConnecting || state.retry == nil { return false }
      state.retry = nil
      if state.pool.isEmpty { beginAttempt(&state) }
      return !state.pool.isEmpty
    }
    // A further connection could not be made. Calls that still wait for room ask for it again.
    if isForMore { onEvent(.changed) }
  }

  /// A connection takes no more calls. Told at once, so that none is given to it any more.
  private func lost(_ life: ConnectionLife, _ reason: String) {
    life.end(reason)
    let ended = state.withLock { state -> PooledConnection? in
      guard let index = state.pool.firstIndex(where: { $0.life === life }) else { return nil }
      let pooled = state.pool.remove(at: index)
      // A server that takes connections only to end them is not called without a pause.
      state.shortLives = .now() - pooled.since < Self.shortLife ? state.shortLives + 1 : 0
      guard state.pool.isEmpty else { return pooled }
      if state.isConnecting {
        state.status = .connecting
      } else if state.shortLives >= Self.maxShortLives {
        let failures = state.shortLives - Self.maxShortLives + 1
        let next = NIODeadline.now() + TimeAmount(options.backoff.delay(afterFailure: failures))
        let failure = ConnectFailure(
          reason: "connections end at once: \(reason)", attempts: state.shortLives, next: next)
        // One that says goodbye each time, because connections rest too long for it, may be called all the same.
        state.status = pooled.connection.wasDismissed ? .idle : .failed(failure)
        state.retry?.cancel()
        state.retry = scheduleRetry(at: next)
      } else {
        state.retry?.cancel()
        state.retry = nil
        state.status = .idle
        if reconnects { beginAttempt(&state) }
      }
      return pooled
    }
    guard let ended else { return }
    trace.add("connection ended: \(reason)")
    options.logger.debug(
      "connection ended", metadata: ["address": "\(endpoint.text)", "reason": "\(reason)"])
    gate?.lost(ended.connection)
    onEvent(.lost)
  }

  // MARK: Connections that were added for a rush

  private func scheduleTrim() -> Scheduled<Void> {
    group.any().scheduleTask(in: TimeAmount(options.extraConnectionIdleTimeout)) { self.trimPool() }
  }

  private func trimPool() {
    let idle = state.withLock { state -> [PooledConnection] in
      guard state.trim != nil, !state.isShutDown else { return [] }
      let idle = state.pool.dropFirst().filter { !$0.wasUsed() }
      state.pool.removeAll { pooled in idle.contains { $0 === pooled } }
      state.trim = state.pool.count > 1 ? scheduleTrim() : nil
      return Array(idle)
    }
    for pooled in idle {
      pooled.connection.drain()
      gate?.lost(pooled.connection)
    }
  }

  // MARK: One attempt

  private func open(_ life: ConnectionLife) async throws -> HTTP2ClientConnection {
    // Nobody listens between two ends in one process.
    let tls = endpoint.isInProcess ? nil : tls?.context
    var target = HTTP2ClientConnection.Target(address: endpoint.address, tls: tls)
    target.serverName = options.authority.map { HostPort.host(of: $0) } ?? endpoint.serverName
    target.expectedIdentity = endpoint.serverIdentity
    if target.expectedIdentity == nil { target.expectedIdentity = options.tls.serverIdentity }
    target.timeout = TimeAmount(options.connectTimeout)
    target.limits = options.http
    target.keepalive = keepalive.current
    var events = HTTP2ClientConnection.Events(
      draining: { self.lost(life, $0) }, closed: { self.lost(life, $0) },
      capacityChanged: { self.onEvent(.room) })
    events.tooManyPings = { [keepalive, options] in
      keepalive.slowDown()
      options.logger.warning("the server was asked too often whether it is still there (keepalive)")
    }
    return try await HTTP2ClientConnection.connect(to: target, on: group.next(), events: events)
  }
}
