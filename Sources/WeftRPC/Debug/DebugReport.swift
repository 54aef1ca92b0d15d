import Glibc
import WeftHTTP2

/// What a process tells of itself on `/debug`: who it is, its calls by method, and the last that went badly.
struct DebugReport: Sendable {
  struct Method: Sendable {
    let name: String
    /// What a client's channel was made for; nil on the server's side.
    let target: String?
    let started: Int
    let inFlight: Int
    /// Calls that have ended, by status.
    let statuses: [(code: StatusCode, count: UInt64)]
    /// Of the last minute, or since the start where that is sooner.
    let recent: Recent

    var failed: UInt64 { statuses.reduce(0) { $1.code == .ok ? $0 : $0 + $1.count } }
  }

  /// One of the process's own channels.
  struct ClientChannel: Sendable {
    struct Address: Sendable {
      let address: String
      /// `ready`, `connecting`, `idle`, or what failed and how often.
      let state: String
      let connections: Int
      let running: Int
      let succeeded: Int
      let failed: Int
    }

    let target: String
    let addresses: [Address]
  }

  struct Recent: Sendable {
    let seconds: Double
    let started: Int
    let failed: UInt64
    /// Seconds; nil when no call ended.
    let p50: Double?
    let p90: Double?
    let p99: Double?
    let mean: Double?

    var perSecond: Double { seconds > 0 ? Double(started) / seconds : 0 }
  }

  let service: String
  let processID: Int32
  /// Nanoseconds since 1970.
  let time: UInt64
  let uptime: Duration
  /// Open now.
  let connectionCount: Int
  /// Of these, as many as are worth listing; the oldest first.
  let connections: [HTTPConnectionInfo]
  /// Calls that are being served, the oldest first, each with who makes it. Not more than ``maxRunning``.
  let running: [(call: HTTPConnectionInfo.Call, peer: PeerInfo?)]
  let channels: [ClientChannel]
  let server: [Method]
  let client: [Method]
  let slow: [RecentCalls.Entry]
  let failed: [RecentCalls.Entry]

  static let maxRunning = 100
  static let maxChannels = 500

  /// When this process began to look at itself, which is soon after its start.
  private static let started = ContinuousClock.now

  /// To be touched at the start of a process.
  static func begin() { _ = started }

  static func collect(
    service: String, registry: MetricsRegistry = .shared, history: MethodHistory = .shared,
    recent: RecentCalls = .shared, entities: EntityRegistry = .shared
  ) async -> DebugReport {
    let now = ContinuousClock.now
    let uptime = now - started
    let baseline = history.baseline
    func methods(_ side: MethodMetrics.Side) -> [Method] {
      registry.methods(side).compactMap { metrics in
        let snapshot = metrics.snapshot()
        if snapshot.started == 0 { return nil }
        return Method(
          metrics.key, snapshot, before: baseline?.methods[metrics.key],
          elapsed: baseline.map { now - $0.time } ?? uptime)
      }
    }
    let connections = await entities.connections()
    let running = connections.flatMap { connection in
      connection.calls.map { (call: $0, peer: connection.peer) }
    }
    let channels = entities.channels.prefix(maxChannels).map(ClientChannel.init)
    return DebugReport(
      service: service, processID: getpid(), time: WallClock.now(), uptime: uptime,
      connectionCount: entities.connectionCount, connections: connections,
      running: Array(running.sorted { $0.call.age > $1.call.age }.prefix(maxRunning)), channels: channels,
      server: methods(.server),
      client: methods(.client), slow: recent.slowCalls, failed: recent.failedCalls)
  }
}

extension DebugReport.Method {
  init(
    _ key: MethodMetrics.Key, _ snapshot: MethodMetrics.Snapshot, before: MethodHistory.Counts?,
    elapsed: Duration
  ) {
    name = key.methodName
    target = key.side == .client ? key.target : nil
    started = snapshot.started
    inFlight = max(0, snapshot.started - snapshot.ended)
    statuses = snapshot.byStatus.map { (code: $0.key, count: $0.value.duration.count) }
      .filter { $0.count > 0 }.sorted { $0.code.rawValue < $1.code.rawValue }
    let now = MethodHistory.Counts(snapshot)
    let duration = before.map { now.duration.since($0.duration) } ?? now.duration
    let ended = duration.count
    let ok = now.ok - (before?.ok ?? 0)
    recent = DebugReport.Recent(
      seconds: elapsed / .seconds(1), started: now.started - (before?.started ?? 0),
      failed: ended > ok ? ended - ok : 0, p50: duration.quantile(0.5), p90: duration.quantile(0.9),
      p99: duration.quantile(0.99),
      mean: ended == 0 ? nil : Double(duration.sum) / Double(ended) / duration.bounds.unit)
  }
}

extension DebugReport.ClientChannel {
  init(_ channel: ChannelCore) {
    target = channel.target.description
    addresses = channel.subchannels.sorted { $0.id < $1.id }.map { subchannel in
      let counts = subchannel.callCounts
      return Address(
        address: subchannel.endpoint.text, state: subchannel.status.name,
        connections: subchannel.connections.count, running: counts.running, succeeded: counts.succeeded,
        failed: counts.failed)
    }
  }
}

extension Subchannel.Status {
  fileprivate var name: String {
    switch self {
    case .idle: "idle"
    case .connecting: "connecting"
    case .ready: "ready"
    case .failed(let failure): "failed: \(failure.text)"
    }
  }
}
