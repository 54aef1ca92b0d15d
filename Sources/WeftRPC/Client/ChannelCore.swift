import NIOCore
import NIOSSL
import Synchronization

/// The addresses of a channel, their connections, and the calls that wait for one.
final class ChannelCore: Sendable {
  private struct State {
    var subchannels: [Endpoint: Subchannel] = [:]
    var order: [Endpoint] = []
    var isResolved = false
    var resolverError: String?
    var picker = Picker(ready: [], policy: .roundRobin)
    /// Grows with every change that a waiting call may want to know of.
    var generation = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter = 0
    var isShutDown = false
    var resolver: Task<Void, Never>?
  }

  let target: ResolverTarget
  let options: ChannelOptions
  let group: any EventLoopGroup
  let metrics: ChannelMetrics
  private let tls: NIOSSLContext?
  private let tlsError: String?
  private let state = Mutex(State())
  private let turn = Atomic<Int>(0)

  init(target: ResolverTarget, options: ChannelOptions, group: any EventLoopGroup) {
    self.target = target
    self.options = options
    self.group = group
    metrics = ChannelMetrics(target: target.description)
    var context: NIOSSLContext?
    var failure: String?
    if case .tls(var settings, _) = options.tls {
      settings.applicationProtocols = ["h2"]
      do { context = try NIOSSLContext(configuration: settings) } catch {
        failure = String(describing: error)
      }
    }
    tls = context
    tlsError = failure
  }

  // MARK: Addresses

  func startResolving() {
    let resolver: any Resolver = options.resolvers[target.scheme] ?? ListResolver()
    if options.resolvers[target.scheme] == nil, target.scheme == "weft" {
      resolverFailed("no resolver for \(target.scheme) was given to the channel")
      return
    }
    let task = Task { [weak self, target] in
      do {
        for try await endpoints in resolver.resolve(target) { self?.update(endpoints) }
        // Without effect when there was a list.
        self?.resolverFailed("the resolver found no address")
      } catch is CancellationError {
        // The channel was shut down.
      } catch {
        self?.resolverFailed((error as? RPCError)?.message ?? String(describing: error))
      }
    }
    state.withLock { $0.resolver = task }
  }

  private func update(_ endpoints: [Endpoint]) {
    var seen: Set<Endpoint> = []
    let order = endpoints.filter { seen.insert($0).inserted }
    let (added, kept, removed) = state.withLock { state -> ([Subchannel], [Subchannel], [Subchannel]) in
      if state.isShutDown { return ([], [], []) }
      let kept = order.compactMap { state.subchannels[$0] }
      state.isResolved = true
      state.resolverError = nil
      var added: [Subchannel] = []
      for endpoint in order where state.subchannels[endpoint] == nil {
        let subchannel = Subchannel(endpoint: endpoint, options: options, tls: tls, group: group) {
          [weak self] in
          self?.subchannelChanged()
        }
        state.subchannels[endpoint] = subchannel
        added.append(subchannel)
      }
      let removed = state.subchannels.filter { !seen.contains($0.key) }
      for endpoint in removed.keys { state.subchannels[endpoint] = nil }
      state.order = order
      return (added, kept, Array(removed.values))
    }
    for subchannel in added { subchannel.start() }
    // News from the registry is a reason to try an address again that could not be reached before.
    for subchannel in kept { subchannel.connectNow() }
    for subchannel in removed { subchannel.shutdown() }
    subchannelChanged()
  }

  private func resolverFailed(_ reason: String) {
    state.withLock { state in
      if !state.isResolved { state.resolverError = reason }
    }
    subchannelChanged()
  }

  private func subchannelChanged() {
    let waiters = state.withLock { state in
      let ready = state.order.compactMap { state.subchannels[$0] }.filter { $0.connection != nil }
      state.picker = Picker(ready: ready, policy: options.loadBalancing)
      state.generation += 1
      let waiters = Array(state.waiters.values)
      state.waiters.removeAll()
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func shutdown() {
    let (subchannels, resolver) = state.withLock { state in
      state.isShutDown = true
      let all = Array(state.subchannels.values)
      state.subchannels.removeAll()
      state.order.removeAll()
      return (all, state.resolver)
    }
    resolver?.cancel()
    for subchannel in subchannels { subchannel.shutdown() }
    subchannelChanged()
  }

  // MARK: Picking

  /// A subchannel with a connection; waits while one is being made.
  ///
  /// - Throws: ``RPCError`` UNAVAILABLE that says which address failed, why and how often.
  func pick(
    avoiding: [Subchannel], waitForReady: Bool, deadline: ContinuousClock.Instant?
  ) async throws -> Subchannel {
    while true {
      let (decision, generation) = state.withLock { state in
        (decide(state, avoiding: avoiding, waitForReady: waitForReady), state.generation)
      }
      switch decision {
      case .use(let subchannel): return subchannel
      case .fail(let error): throw error
      case .wait: break
      }
      if let deadline, deadline <= .now {
        throw RPCError(.deadlineExceeded, "the deadline passed before there was a connection: \(summary())")
      }
      if Task.isCancelled { throw RPCError(.cancelled, "the call was cancelled") }
      await waitForChange(since: generation, until: deadline)
    }
  }

  private enum Decision {
    case use(Subchannel)
    case wait
    case fail(RPCError)
  }

  private func decide(_ state: borrowing State, avoiding: [Subchannel], waitForReady: Bool) -> Decision {
    if state.isShutDown { return .fail(RPCError(.unavailable, "the channel to \(target) was shut down")) }
    let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max
    if let subchannel = state.picker.pick(turn: number, avoiding: avoiding) { return .use(subchannel) }
    if waitForReady { return .wait }
    if let tlsError { return .fail(RPCError(.unavailable, "TLS cannot be used: \(tlsError)")) }
    if let error = state.resolverError { return .fail(RPCError(.unavailable, "\(target): \(error)")) }
    if !state.isResolved { return .wait }
    if state.order.isEmpty { return .fail(RPCError(.unavailable, "\(target) has no address")) }
    var failures: [String] = []
    for subchannel in state.subchannels.values {
      guard case .failed(let reason, let count) = subchannel.status else { return .wait }
      failures.append("\(subchannel.endpoint.text): \(reason) (\(count) attempt\(count == 1 ? "" : "s"))")
    }
    return .fail(
      RPCError(
        .unavailable, "no connection to \(target): " + failures.sorted().prefix(5).joined(separator: "; ")))
  }

  private func summary() -> String {
    state.withLock { state in
      if !state.isResolved { return "\(target) is not resolved" }
      return state.subchannels.values.map { subchannel in
        switch subchannel.status {
        case .connecting: "\(subchannel.endpoint.text): connecting"
        case .ready: "\(subchannel.endpoint.text): ready"
        case .failed(let reason, let count): "\(subchannel.endpoint.text): \(reason) (\(count) attempts)"
        }
      }.sorted().prefix(5).joined(separator: "; ")
    }
  }

  private func waitForChange(since generation: Int, until deadline: ContinuousClock.Instant?) async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    var timer: Scheduled<Void>?
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          // Something may have changed between the decision and now.
          if Task.isCancelled || state.isShutDown || state.generation != generation { return false }
          state.waiters[id] = continuation
          return true
        }
        if !isWaiting { return continuation.resume() }
        // Not before the wait has begun, which it could not end otherwise.
        timer = deadline.map { deadline in
          group.any().scheduleTask(in: TimeAmount(max(deadline - .now, .zero))) { self.wake(id) }
        }
      }
    } onCancel: {
      wake(id)
    }
    timer?.cancel()
  }

  private func wake(_ id: Int) {
    state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
  }
}
