import WeftDiscovery

/// How the page says things to people.
enum PageWords {
  /// Why something is not passing, in one line; empty when it passes.
  static func reason(_ maintenance: Maintenance?, _ checks: [HealthCheck]) -> String {
    if let maintenance {
      return maintenance.reason.isEmpty ? "In maintenance." : "In maintenance: \(maintenance.reason)"
    }
    guard let worst = checks.max(by: { $0.state.status < $1.state.status }), worst.state.status > .passing
    else {
      return ""
    }
    let line = worst.state.output.split(whereSeparator: \.isNewline).first.map(String.init) ?? "no output"
    return "\(worst.name.isEmpty ? worst.id : worst.name): \(shortened(line))"
  }

  /// What a check does and how often.
  static func kind(_ check: HealthCheck) -> String {
    let rhythm = "every \(time(check.interval))"
    return switch check.kind {
    case .external: "reported from outside"
    case .ttl(let ttl): "TTL, \(time(ttl))"
    case .http(let probe): "HTTP \(probe.method) \(shortened(probe.url)), \(rhythm)"
    case .tcp(let target): "TCP \(target), \(rhythm)"
    case .grpc(let probe):
      "gRPC \(probe.target)\(probe.service.isEmpty ? "" : "/" + probe.service), \(rhythm)"
    case .alias(.node(let name)): "follows node \(name)"
    case .alias(.service(let id, _)): "follows \(id)"
    }
  }

  /// `500 ms`, `10 s`, `5 min`, `2 h`: the largest unit that leaves a whole number.
  static func time(_ time: Duration) -> String {
    let milliseconds = time.milliseconds
    let units: [(Int64, String)] = [(3_600_000, "h"), (60_000, "min"), (1_000, "s")]
    for (size, unit) in units where milliseconds >= size && milliseconds % size == 0 {
      return "\(milliseconds / size) \(unit)"
    }
    return "\(milliseconds) ms"
  }

  private static func shortened(_ text: String) -> String {
    text.count <= 200 ? text : text.prefix(200) + "…"
  }
}
