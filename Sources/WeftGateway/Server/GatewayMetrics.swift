import Synchronization
import WeftRPC

/// What the gateway counts, under `/metrics`.
final class GatewayMetrics: Sendable {
  private struct Key: Hashable {
    let service: String
    let method: String
    let status: Int
  }

  private struct Cells {
    var requests: [Key: MetricCounter] = [:]
    var durations: [String: MetricHistogram] = [:]
  }

  private let registry: MetricsRegistry
  private let inFlight: MetricGauge
  private let cells = Mutex(Cells())

  init(registry: MetricsRegistry = .shared) {
    self.registry = registry
    inFlight = registry.gauge(
      "weft_gateway_requests_in_flight", help: "Requests that are being answered, open streams too.")
  }

  func began() { inFlight.add(1) }

  /// Counts a request. Labels come from routes, never from what a client sent, so that no client can make more
  /// series than there are methods.
  func ended(_ record: RequestRecord, duration: Duration) {
    inFlight.add(-1)
    let key = Key(service: record.service ?? "", method: record.method ?? "", status: record.status)
    let (counter, histogram) = cells.withLock { cells -> (MetricCounter, MetricHistogram) in
      let counter = requests(key, &cells)
      return (counter, durations(key.service, &cells))
    }
    counter.add()
    // A stream is as long as its client likes; that says nothing of speed.
    if record.messages == nil { histogram.record(duration) }
  }

  func installed(_ table: RouteTable) {
    registry.gauge("weft_gateway_routes", help: "Routes in force.").set(table.routes.count)
    for kind in [RouteTable.Problem.Kind.conflict, .badRoute, .quarantine] {
      registry.gauge(
        "weft_gateway_route_problems", ["kind": kind.rawValue],
        help: "Routes and services that are registered and not routed."
      ).set(table.problems.count { $0.kind == kind })
    }
  }

  private func requests(_ key: Key, _ cells: inout Cells) -> MetricCounter {
    if let known = cells.requests[key] { return known }
    let counter = registry.counter(
      "weft_gateway_requests_total",
      ["service": key.service, "method": key.method, "status": String(key.status)],
      help: "Requests by service, method and HTTP status; without service, those that found no route.")
    cells.requests[key] = counter
    return counter
  }

  private func durations(_ service: String, _ cells: inout Cells) -> MetricHistogram {
    if let known = cells.durations[service] { return known }
    let histogram = registry.histogram(
      "weft_gateway_request_duration_seconds", ["service": service],
      help: "Time from a request's head to the end of its answer, streams left out.")
    cells.durations[service] = histogram
    return histogram
  }
}
