import WeftDiscovery

extension HealthCheck {
  static let intervalLimits: ClosedRange<Duration> = .milliseconds(100) ... .milliseconds(86_400_000)
  static let ttlLimits: ClosedRange<Duration> = .milliseconds(10) ... .milliseconds(864_000_000)

  /// The check with its defaults filled in, if every field is within the limits of the proto.
  func validated(field: String, limits: RegistryLimits) throws(RegistryError) -> HealthCheck {
    func at(_ name: String) -> FieldCheck { FieldCheck(field: "\(field).\(name)") }
    try at("id").identifier(id)
    try at("name").text(name, limit: 255)
    try at("notes").lines(notes, limit: 4_096)
    try validateKind(field: field)
    if isRun {
      guard Self.intervalLimits.contains(interval) else {
        throw at("interval_milliseconds").fail("is not between 100 and 86400000, or 0 for 10000")
      }
      guard Self.intervalLimits.contains(timeout) else {
        throw at("timeout_milliseconds").fail("is not between 100 and 86400000, or 0 for 10000")
      }
    }
    for (name, count) in [
      ("successes_before_passing", successesBeforePassing),
      ("failures_before_warning", failuresBeforeWarning),
      ("failures_before_critical", failuresBeforeCritical),
    ] where !(1...1_000).contains(count) {
      throw at(name).fail("\(count) is not between 1 and 1000")
    }
    var result = self
    if name.isEmpty { result.name = id }
    result.state.output = state.output.clipped(to: limits.checkOutputBytes)
    return result
  }

  /// Whether the registry goes and looks.
  var isRun: Bool {
    switch kind {
    case .http, .tcp, .grpc: true
    case .external, .ttl, .alias: false
    }
  }

  private func validateKind(field: String) throws(RegistryError) {
    switch kind {
    case .external: break
    case .ttl(let ttl):
      guard Self.ttlLimits.contains(ttl) else {
        throw FieldCheck(field: "\(field).ttl.ttl_milliseconds").fail("is not between 10 and 864000000")
      }
    case .http(let probe): try probe.validate(field: "\(field).http")
    case .tcp(let target): try validateTarget(target, field: "\(field).tcp.target")
    case .grpc(let probe):
      try validateTarget(probe.target, field: "\(field).grpc.target")
      try FieldCheck(field: "\(field).grpc.service").text(probe.service, limit: 255)
    case .alias(let target):
      let check = FieldCheck(field: "\(field).alias")
      switch target {
      case .node(let name): try check.text(name, limit: 255)
      case .service(let id, let node):
        try check.identifier(id)
        try check.text(node, limit: 255)
      }
    }
  }

  private func validateTarget(_ target: String, field: String) throws(RegistryError) {
    let check = FieldCheck(field: field)
    try check.text(target, limit: 300)
    guard let colon = target.lastIndex(of: ":"), colon != target.startIndex,
      let port = Int(target[target.index(after: colon)...]), (1...65_535).contains(port)
    else { throw check.fail("\(check.quoted(target)) is not HOST:PORT") }
  }
}

extension HTTPProbe {
  fileprivate func validate(field: String) throws(RegistryError) {
    let check = FieldCheck(field: "\(field).url")
    try check.text(url, limit: 2_048)
    guard url.hasPrefix("http://") || url.hasPrefix("https://"), !url.contains(" ") else {
      throw check.fail("\(check.quoted(url)) is not an http:// or https:// URL")
    }
    try FieldCheck(field: "\(field).method").token(method, limit: 32, allowed: "letters") {
      $0.isLetterOrDigit
    }
    try FieldCheck(field: "\(field).headers").count(headers.count, limit: 64)
    for (name, values) in headers {
      try FieldCheck(field: "\(field).headers").token(name, limit: 128, allowed: "letters, digits and dashes")
      {
        $0.isLetterOrDigit || "-_".utf8.contains($0)
      }
      for value in values { try FieldCheck(field: "\(field).headers[\"\(name)\"]").text(value, limit: 4_096) }
    }
    try FieldCheck(field: "\(field).body").size(body, limit: 16 << 10)
  }
}
