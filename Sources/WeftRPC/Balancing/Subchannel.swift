import NIOCore
import NIOSSL
import Synchronization
import WeftHTTP2

/// The connections to one address: the first, and more while the server's stream limit is reached.
final class Subchannel: Sendable {
  enum Status: Sendable {
    /// Nothing is tried until ``connect()``.
    case idle
    case connecting
    case ready
    /// The last attempt failed. It stays so while further attempts are made, so that calls need not wait for
    /// each of them.
    case failed(ConnectFailure)

    var isFailed: Bool { if case .failed = self { true } else { false } }
  }

  enum Event: Sendable {
    /// ``status`` changed.
    case changed
    /// ``status`` changed, and the address may be out of date.
    case lost
    /// A call more may be made on a connection that was full.
    case room
  }

  struct State {
    var status = Status.idle
    var pool: [PooledConnection] = []
    var isConnecting = false
    /// Attempts of an earlier epoch are not wanted any more.
    var epoch = 0
    var failures = 0
    /// Connections in a row that ended soon.
    var shortLives = 0
    /// Waits to make another attempt.
    var retry: Scheduled<Void>?
    var trim: Scheduled<Void>?
    var isShutDown = false
  }

  /// What tools call it.
  let id = EntityID.next()
  let trace = EntityTrace("created")
  let endpoint: Endpoint
  /// Nil unless a policy of the channel needs one.
  let gate: (any SubchannelGate)?
  /// Calls that run on it now.
  let inFlight = Atomic<Int>(0)
  private let succeeded = Atomic<Int>(0)
  private let failed = Atomic<Int>(0)
  let options: ChannelOptions
  let tls: ReloadableTLS?
  let group: any EventLoopGroup
  let keepalive: KeepalivePace
  /// Whether a connection that ends is replaced at once, or when it is asked for.
  let reconnects: Bool
  let state = Mutex(State())
  let onEvent: @Sendable (Event) -> Void

  init(
    endpoint: Endpoint, options: ChannelOptions, tls: ReloadableTLS?, group: any EventLoopGroup,
    reconnects: Bool, keepalive: KeepalivePace, gate: (any SubchannelGate)? = nil,
    onEvent: @escaping @Sendable (Event) -> Void
  ) {
    self.endpoint = endpoint
    self.options = options
    self.tls = tls
    self.group = group
    self.gate = gate
    self.reconnects = reconnects
    self.keepalive = keepalive
    self.onEvent = onEvent
  }

  var status: Status { state.withLock { $0.status } }

  /// The connections that calls are given to now.
  var connections: [HTTP2ClientConnection] { state.withLock { $0.pool.map(\.connection) } }

  // MARK: Calls

  /// Takes a place for a call.
  ///
  /// - Returns: nil when there is no connection, every one is full, or the gate admits none.
  func acquire() -> Pick? {
    // The first that has room, so that those which were added for a rush fall idle after it.
    guard let pooled = state.withLock({ $0.pool.first { $0.reserve() } }) else { return nil }
    if let gate, !gate.began() {
      pooled.release()
      return nil
    }
    inFlight.wrappingAdd(1, ordering: .relaxed)
    return Pick(pooled: pooled)
  }

  func ended(isOK: Bool) {
    inFlight.wrappingSubtract(1, ordering: .relaxed)
    if isOK {
      succeeded.wrappingAdd(1, ordering: .relaxed)
    } else {
      failed.wrappingAdd(1, ordering: .relaxed)
    }
  }

  /// Calls that it has had.
  var callCounts: SubchannelCounts {
    SubchannelCounts(
      running: inFlight.load(ordering: .relaxed), succeeded: succeeded.load(ordering: .relaxed),
      failed: failed.load(ordering: .relaxed))
  }

  /// Whether ``acquire()`` finds a place.
  var hasRoom: Bool { state.withLock { $0.pool.contains { $0.hasRoom } } }

  /// Whether the gate lets calls through.
  var admits: Bool { gate?.admits ?? true }

  // MARK: Ending

  /// Takes no more calls; those that run may finish.
  func shutdown() {
    let dropped = state.withLock { state in
      state.isShutDown = true
      return Self.drop(&state)
    }
    for pooled in dropped { pooled.connection.drain() }
    trace.add("shut down")
    gate?.removed()
  }

  /// Drops what there is until ``connect()``; calls that run may finish.
  func goIdle() {
    let dropped = state.withLock { state in Self.drop(&state) }
    for pooled in dropped {
      pooled.connection.drain()
      gate?.lost(pooled.connection)
    }
  }

  private static func drop(_ state: inout State) -> [PooledConnection] {
    state.epoch += 1
    state.isConnecting = false
    state.failures = 0
    state.status = .idle
    state.retry?.cancel()
    state.retry = nil
    state.trim?.cancel()
    state.trim = nil
    defer { state.pool.removeAll() }
    return state.pool
  }
}

/// Attempts to connect that failed, since the last that did not.
struct ConnectFailure: Sendable {
  var reason: String
  var attempts: Int
  var next: NIODeadline

  /// For people.
  var text: String {
    let left = next - .now()
    let pause = left > .zero ? ", next in \(Duration(left).shortText)" : ""
    return "\(reason) (\(attempts) attempt\(attempts == 1 ? "" : "s")\(pause))"
  }
}
