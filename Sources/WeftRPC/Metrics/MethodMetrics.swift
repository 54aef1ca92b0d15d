import NIOCore
import Synchronization

/// Counts and durations of one method's calls, by status, under gRPC's own metric names.
final class MethodMetrics: Sendable {
  enum Side: String { case server, client }

  struct Key: Hashable {
    let method: String
    let side: Side
  }

  private let key: Key
  private let startedCalls = Atomic<Int>(0)
  private let endedCalls = Atomic<Int>(0)
  private let durations: Mutex<[StatusCode: HistogramCells]>
  private let okDurations = HistogramCells()

  init(key: Key) {
    self.key = key
    durations = Mutex([.ok: okDurations])
  }

  /// The process's metrics of a method.
  static func shared(_ method: String, _ side: Side) -> MethodMetrics {
    MetricsRegistry.shared.method(Key(method: method, side: side))
  }

  func started() {
    startedCalls.wrappingAdd(1, ordering: .relaxed)
  }

  func ended(_ code: StatusCode, since start: NIODeadline) {
    endedCalls.wrappingAdd(1, ordering: .relaxed)
    let nanoseconds = UInt64(clamping: (NIODeadline.now() - start).nanoseconds)
    if code == .ok { return okDurations.record(nanoseconds: nanoseconds) }
    let cells = durations.withLock { durations in
      if let known = durations[code] { return known }
      let cells = HistogramCells()
      durations[code] = cells
      return cells
    }
    cells.record(nanoseconds: nanoseconds)
  }

  func write(to text: inout PrometheusText) {
    let started = startedCalls.load(ordering: .relaxed)
    if started == 0 { return }
    let method = MetricLabel(("grpc_method", String(key.method.dropFirst())))
    let prefix = "grpc_\(key.side.rawValue)_call"
    text.add(started, to: .init(name: prefix + "_started_total", labels: [method]), type: "counter")
    text.add(
      started - endedCalls.load(ordering: .relaxed),
      to: .init(name: prefix + "s_in_flight", labels: [method]), type: "gauge")
    for (code, cells) in durations.withLock({ $0 }) {
      let labels = [method, MetricLabel(("grpc_status", code.name))]
      text.add(cells.snapshot(), to: .init(name: prefix + "_duration_seconds", labels: labels))
    }
  }
}
