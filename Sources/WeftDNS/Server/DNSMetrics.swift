import WeftRPC

/// What a DNS server tells about itself on `/metrics`.
struct DNSMetrics: Sendable {
  let connections: MetricGauge
  let refusedConnections: MetricCounter
  let limited: MetricCounter
  /// Of messages that deserve no answer.
  let ignored: MetricCounter
  private let udp: [MetricCounter]
  private let tcp: [MetricCounter]
  private static let codes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "BADVERS"]

  init(_ metrics: MetricsRegistry) {
    func answers(_ transport: String) -> [MetricCounter] {
      Self.codes.map { code in
        metrics.counter(
          "weft_dns_answers_total", ["transport": transport, "code": code], help: "Answered DNS queries.")
      }
    }
    udp = answers("udp")
    tcp = answers("tcp")
    connections = metrics.gauge("weft_dns_connections", help: "Open DNS connections over TCP.")
    refusedConnections = metrics.counter(
      "weft_dns_refused_connections_total", help: "TCP connections over the limits, closed at once.")
    limited = metrics.counter(
      "weft_dns_limited_queries_total", help: "Queries of sources that ask more often than they may.")
    ignored = metrics.counter(
      "weft_dns_ignored_messages_total", help: "Messages that are no queries and get no answer.")
  }

  func count(_ code: DNSResponseCode, over transport: DNSResponder.Transport) {
    let counters = transport == .udp ? udp : tcp
    let index = min(Int(code.rawValue), counters.count - 1)
    counters[index].add()
  }
}
