import NIOCore
import Synchronization

/// What is measured of one method's calls on a server, or of its attempts on a client: how many began, and by
/// status how long they took and what they carried (gRFC A66).
///
/// Made once for each method and kept by whoever counts, so that a call touches nothing but atomics.
final class MethodMetrics: Sendable {
  enum Side: Sendable { case server, client }

  struct Key: Hashable, Sendable {
    /// `/package.Service/Method`, or ``MethodMetrics/other``.
    let method: String
    let side: Side
    /// What a client's channel was made for; empty on a server.
    var target = ""
  }

  /// The name under which calls of methods are counted that were never declared: peers may make up as many as
  /// they like.
  static let other = "/other"

  let key: Key
  private let startedCalls = Atomic<Int>(0)
  private let endedCalls = Atomic<Int>(0)
  private let ok = Cells()
  private let others = Mutex<[StatusCode: Cells]>([:])

  init(key: Key) {
    self.key = key
  }

  /// The process's metrics of a server's method.
  static func server(_ method: String) -> MethodMetrics {
    MetricsRegistry.shared.method(Key(method: method, side: .server))
  }

  @inline(__always)
  func started() {
    startedCalls.wrappingAdd(1, ordering: .relaxed)
  }

  /// - Returns: how long the call took, in nanoseconds.
  @inline(__always) @discardableResult
  func ended(_ code: StatusCode, since start: NIODeadline, _ traffic: CallTraffic = CallTraffic()) -> UInt64 {
    endedCalls.wrappingAdd(1, ordering: .relaxed)
    let nanoseconds = UInt64(clamping: (NIODeadline.now() - start).nanoseconds)
    (code == .ok ? ok : cells(code)).record(nanoseconds, traffic)
    return nanoseconds
  }

  @inline(never)
  private func cells(_ code: StatusCode) -> Cells {
    others.withLock { others in
      if let known = others[code] { return known }
      let cells = Cells()
      others[code] = cells
      return cells
    }
  }

  private final class Cells: Sendable {
    let duration = HistogramCells(.latency)
    let sent = HistogramCells(.size)
    let received = HistogramCells(.size)

    @inline(__always)
    func record(_ nanoseconds: UInt64, _ traffic: CallTraffic) {
      duration.record(nanoseconds)
      sent.record(UInt64(truncatingIfNeeded: traffic.sentMessageBytes))
      received.record(UInt64(truncatingIfNeeded: traffic.receivedMessageBytes))
    }
  }
}

extension MethodMetrics {
  struct Snapshot: Sendable {
    struct Outcome: Sendable {
      let duration: HistogramCells.Snapshot
      let sent: HistogramCells.Snapshot
      let received: HistogramCells.Snapshot
    }

    var started: Int
    var ended: Int
    var byStatus: [StatusCode: Outcome]
  }

  func snapshot() -> Snapshot {
    // In this order, so that no call counts as ended that has not begun.
    let ended = endedCalls.load(ordering: .sequentiallyConsistent)
    var all = others.withLock { $0 }
    all[.ok] = ok
    let outcomes = all.mapValues { cells in
      Snapshot.Outcome(
        duration: cells.duration.snapshot(), sent: cells.sent.snapshot(), received: cells.received.snapshot())
    }
    return Snapshot(
      started: startedCalls.load(ordering: .sequentiallyConsistent), ended: ended,
      byStatus: outcomes.filter { $0.key == .ok || $0.value.duration.count > 0 })
  }

  func write(to families: inout MetricFamilies) {
    let now = snapshot()
    if now.started == 0 { return }
    let labels = key.labels
    let names = key.side.names
    families.add(now.started, to: .init(name: names.started, labels: labels), .counter)
    families.add(max(0, now.started - now.ended), to: .init(name: names.inFlight, labels: labels), .gauge)
    for (code, outcome) in now.byStatus {
      let labels = labels + [MetricLabel(("grpc_status", code.name))]
      families.add(outcome.duration, to: .init(name: names.duration, labels: labels))
      families.add(outcome.sent, to: .init(name: names.sent, labels: labels))
      families.add(outcome.received, to: .init(name: names.received, labels: labels))
    }
  }
}

extension MethodMetrics.Key {
  /// The method's name as metrics tell it: without the slash in front.
  var methodName: String { String(method.dropFirst()) }

  var labels: [MetricLabel] {
    let method = MetricLabel(("grpc_method", methodName))
    return side == .server ? [method] : [method, MetricLabel(("grpc_target", target))]
  }
}
