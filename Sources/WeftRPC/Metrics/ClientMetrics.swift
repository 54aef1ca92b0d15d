import NIOCore
import Synchronization

/// What a channel measures of the calls of one method.
final class ClientMethodMetrics: Sendable {
  /// Each attempt.
  let attempts: MethodMetrics
  private let key: MethodMetrics.Key
  private let retries = Atomic<Int>(0)
  private let ok = HistogramCells(.latency)
  private let others = Mutex<[StatusCode: HistogramCells]>([:])

  init(key: MethodMetrics.Key, attempts: MethodMetrics) {
    self.key = key
    self.attempts = attempts
  }

  /// A call ended for its caller.
  ///
  /// - Parameter attempts: how often it was tried.
  func callEnded(_ code: StatusCode, since start: NIODeadline, attempts: Int) {
    if attempts > 1 { retries.wrappingAdd(attempts - 1, ordering: .relaxed) }
    let cells =
      code == .ok
      ? ok
      : others.withLock { others in
        if let known = others[code] { return known }
        let cells = HistogramCells(.latency)
        others[code] = cells
        return cells
      }
    cells.record(UInt64(clamping: (NIODeadline.now() - start).nanoseconds))
  }

  /// The same for a call that was tried once and succeeded.
  @inline(__always)
  func callSucceeded(_ nanoseconds: UInt64) {
    ok.record(nanoseconds)
  }

  func write(to families: inout MetricFamilies) {
    var all = others.withLock { $0 }
    all[.ok] = ok
    for (code, cells) in all {
      let snapshot = cells.snapshot()
      if snapshot.count == 0 { continue }
      let labels = key.labels + [MetricLabel(("grpc_status", code.name))]
      families.add(snapshot, to: .init(name: GRPCMetricNames.clientCall, labels: labels))
    }
    let retries = retries.load(ordering: .relaxed)
    if retries == 0 { return }
    families.add(retries, to: .init(name: GRPCMetricNames.retries, labels: key.labels), .counter)
  }
}

/// The metrics of one channel's methods. Asked once per call, so it answers from memory of its own.
final class ChannelMetrics: Sendable {
  private let target: String
  private let registry: MetricsRegistry
  private let methods = Mutex<[String: ClientMethodMetrics]>([:])

  /// Methods that are told apart; more than any service has, fewer than a caller can make up.
  private static let maxMethods = 1_000

  init(target: String, registry: MetricsRegistry = .shared) {
    self.target = target
    self.registry = registry
  }

  func method(_ path: String) -> ClientMethodMetrics {
    methods.withLock { methods in
      if let known = methods[path] { return known }
      let name = methods.count < Self.maxMethods ? path : MethodMetrics.other
      let made = methods[name] ?? registry.clientMethod(.init(method: name, side: .client, target: target))
      methods[name] = made
      return made
    }
  }
}
