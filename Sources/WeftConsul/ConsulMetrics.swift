import Synchronization
import WeftRPC

/// What the API counts, under `/metrics`.
final class ConsulMetrics: Sendable {
  private struct Key: Hashable {
    let path: String
    let method: String
    let status: Int
  }

  /// Answers from the cache, which are found without looking for their routes.
  let remembered: MetricCounter
  private let registry: MetricsRegistry
  private let counters = Mutex<[Key: MetricCounter]>([:])

  init(_ registry: MetricsRegistry = .shared) {
    self.registry = registry
    remembered = registry.counter(
      "weft_consul_cached_answers_total", help: "Requests of Consul's API that were answered from the cache.")
  }

  /// Counts an answer. The path is that of the route, never what the client sent, so that no client can make more
  /// series than there are routes.
  func answered(_ path: String, _ method: String, status: Int) {
    let key = Key(path: path, method: method, status: status)
    let counter = counters.withLock { counters in
      if let known = counters[key] { return known }
      let counter = registry.counter(
        "weft_consul_requests_total", ["path": path, "method": method, "status": String(status)],
        help: "Requests of Consul's API by route, method and status; without path, those that found no route."
      )
      counters[key] = counter
      return counter
    }
    counter.add()
  }
}
