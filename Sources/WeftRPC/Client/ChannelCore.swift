import NIOCore
import NIOSSL
import Synchronization
import WeftHTTP2

/// The addresses of a channel, their connections, and the calls that wait for one.
final class ChannelCore: Sendable {
  struct State {
    /// By ``Endpoint/identity``.
    var subchannels: [Endpoint: Subchannel] = [:]
    var order: [Endpoint] = []
    /// What the resolver said last.
    var listed: [Endpoint] = []
    var isResolved = false
    var resolverError: String?
    var resolver: Task<Void, Never>?
    /// Asks the resolver for a new list.
    var refresh: AsyncStream<Void>.Continuation?
    var picker = Picker.empty
    var pickFirst = PickFirst()
    var pickFirstTimer: Scheduled<Void>?
    var ring: HashRing?
    /// Grows with every change that a waiting call may want to know of.
    var generation = 0
    var calls = CallQueue()
    /// Nothing is resolved or connected until there is a call.
    var isIdle = true
    var isShutDown = false
    var idleTimer: Scheduled<Void>?
    /// Calls that there had been when it was last asked whether there are any.
    var callsBefore = 0
    var observers = StateObservers()
  }

  /// What tools call it.
  let id = EntityID.next()
  let trace = EntityTrace("created")
  /// Calls of subchannels that are gone.
  let forgotten = Mutex(SubchannelCounts())
  let target: ResolverTarget
  let options: ChannelOptions
  let group: any EventLoopGroup
  let balancing: LoadBalancingPolicy
  /// With a ring hash, the metadata key whose values are hashed; it may be empty.
  let hashedHeader: String?
  let metrics: ChannelMetrics
  let tls: ReloadableTLS?
  let tlsError: String?
  let keepalive: KeepalivePace
  /// Nil unless a policy needs them.
  let gates: SubchannelGates?
  let state = Mutex(State())
  /// Held while observers are told.
  let telling = Mutex(())
  /// Counts picks. Not from 0: clients that start together should not all begin with the same server.
  let turn = Atomic<Int>(Int.random(in: 0..<1 << 20))
  /// Calls that wait for a place on a full connection.
  let waitingForRoom = Atomic<Int>(0)

  init(target: ResolverTarget, options: ChannelOptions, group: any EventLoopGroup) {
    self.target = target
    self.options = options
    balancing = options.serviceConfig.loadBalancing ?? options.loadBalancing
    if case .ringHash(_, _, let header) = balancing { hashedHeader = header } else { hashedHeader = nil }
    self.group = group
    metrics = ChannelMetrics(target: target.description)
    keepalive = KeepalivePace(options.keepalive)
    gates = SubchannelGates(options)
    do {
      tls = try options.tls.made()
      tlsError = nil
    } catch {
      tls = nil
      tlsError = String(describing: error)
    }
  }

  func nextTurn() -> Int { turn.wrappingAdd(1, ordering: .relaxed).oldValue & Int.max }

  // MARK: Changes

  /// What was learned of a subchannel, or what a call wants.
  enum Change { case connections, addresses, call, attemptDelay }

  /// Looks at the connections anew, decides what to connect, and wakes the calls that wait.
  func update(_ change: Change = .connections) {
    let refused = refusedForPickFirst
    let (actions, waiters, isObserved) = state.withLock { state in
      state.generation += 1
      return (makePicker(&state, change, refused), state.calls.removeAll(), !state.observers.all.isEmpty)
    }
    for action in actions { action() }
    for waiter in waiters { waiter.resume() }
    if isObserved { tellObservers() }
  }

  /// - Returns: what is to be done once the lock is open.
  private func makePicker(_ state: inout State, _ change: Change, _ refused: Set<Int>) -> [() -> Void] {
    let addresses = state.order.compactMap { endpoint in
      state.subchannels[endpoint.identity].map { (endpoint: endpoint, subchannel: $0) }
    }
    let all = addresses.map(\.subchannel)
    switch balancing {
    case .pickFirst:
      return tryFirst(&state, all, change, refused)
    case .ringHash(let least, let most, _):
      if state.ring == nil {
        let top = min(most, LoadBalancingPolicy.ringSizeCap)
        let sizes = min(max(least, 1), top)...max(top, 1)
        state.ring = HashRing(
          keys: addresses.map { $0.endpoint.hashKey ?? $0.endpoint.text },
          weights: addresses.map(\.endpoint.weight), sizes: sizes)
        state.picker = state.ring.map { Picker(ring: $0, of: all) } ?? .empty
      }
      return []
    case .roundRobin, .weightedRoundRobin, .leastRequest:
      let statuses = all.map(\.status)
      let ready = zip(addresses, statuses).filter { $1.isReady }.map(\.0)
      state.picker = Picker(
        ready: ready.map(\.subchannel), weights: ready.map(\.endpoint.weight), policy: balancing)
      // Those that lose their connection look after themselves.
      if change != .addresses, change != .call { return [] }
      return zip(all, statuses).filter { $1.isIdle }.map { subchannel, _ in { subchannel.connect() } }
    }
  }

  private func tryFirst(
    _ state: inout State, _ all: [Subchannel], _ change: Change, _ refused: Set<Int>
  ) -> [() -> Void] {
    let progress = all.map { subchannel in
      let status = subchannel.status
      return status.isReady && refused.contains(subchannel.id) ? .refused : status.progress
    }
    var steps = state.pickFirst.step(progress, timeIsUp: change == .attemptDelay)
    if change == .call, state.pickFirst.isResting, state.pickFirst.chosen == nil {
      state.pickFirst.begin()
      steps += state.pickFirst.step(progress)
    }
    let chosen = state.pickFirst.chosen.flatMap { all.indices.contains($0) ? all[$0] : nil }
    state.picker = Picker(ready: chosen.map { [$0] } ?? [], weights: [], policy: .pickFirst())
    if chosen != nil {
      state.pickFirstTimer?.cancel()
      state.pickFirstTimer = nil
    }
    return steps.compactMap { step in
      switch step {
      case .connect(let index): return { all[index].connect() }
      case .release(let index): return { all[index].goIdle() }
      case .startTimer:
        state.pickFirstTimer?.cancel()
        state.pickFirstTimer = group.any().scheduleTask(in: TimeAmount(PickFirst.attemptDelay)) {
          self.update(.attemptDelay)
        }
        return nil
      }
    }
  }

  // MARK: Ending

  func shutdown() {
    let (subchannels, resolver) = state.withLock { state in
      state.isShutDown = true
      state.idleTimer?.cancel()
      return Self.dropAll(&state)
    }
    resolver?.cancel()
    for subchannel in subchannels { subchannel.shutdown() }
    EntityRegistry.shared.remove(self)
    update()
    for observer in state.withLock({ $0.observers.removeAll() }) { observer.finish() }
  }

  static func dropAll(_ state: inout State) -> ([Subchannel], Task<Void, Never>?) {
    let all = Array(state.subchannels.values)
    let resolver = state.resolver
    state.subchannels.removeAll()
    state.order.removeAll()
    state.listed.removeAll()
    state.isResolved = false
    state.resolverError = nil
    state.ring = nil
    state.pickFirst = PickFirst()
    state.pickFirstTimer?.cancel()
    state.pickFirstTimer = nil
    state.refresh?.finish()
    state.refresh = nil
    state.resolver = nil
    return (all, resolver)
  }
}

extension Subchannel.Status {
  var isReady: Bool { if case .ready = self { true } else { false } }
  var isIdle: Bool { if case .idle = self { true } else { false } }
  var isConnecting: Bool { if case .connecting = self { true } else { false } }

  var progress: PickFirst.Progress {
    switch self {
    case .idle: .idle
    case .connecting: .connecting
    case .ready: .ready
    case .failed: .failed
    }
  }
}
