import WeftDiscovery

/// A check as a registration describes it.
struct CheckBody {
  var id: String
  var name: String
  var notes: String
  var serviceID: String
  var status: HealthStatus
  private let body: BodyObject

  init(_ body: BodyObject) throws(ConsulError) {
    try body.allowOnly(.agentCheck)
    self.body = body
    let bareID = try body.string("ID")
    id = try body.string("CheckID") ?? bareID ?? ""
    name = try body.string("Name") ?? ""
    notes = try body.string("Notes") ?? ""
    serviceID = try body.string("ServiceID") ?? ""
    status = .critical
    guard let text = try body.string("Status"), !text.isEmpty else { return }
    guard let status = HealthStatus(rawValue: text) else {
      throw .badRequest("Status for checks must 'passing', 'warning', 'critical'")
    }
    self.status = status
  }

  /// The check with what it runs.
  /// - Parameters:
  ///   - id: what it is called when the body does not say.
  ///   - name: likewise.
  ///   - node: what an alias without a node is about.
  func check(id: String, name: String, node: String) throws(ConsulError) -> HealthCheck {
    let kind = try kind(node: node)
    var check = HealthCheck(
      id: self.id.isEmpty ? id : self.id, name: self.name.isEmpty ? name : self.name, kind: kind,
      notes: notes,
      state: CheckState(status: status))
    if let interval = try positive("Interval") { check.interval = interval }
    check.timeout = try positive("Timeout") ?? .seconds(10)
    check.successesBeforePassing = try times("SuccessBeforePassing")
    check.failuresBeforeCritical = try times("FailuresBeforeCritical")
    check.failuresBeforeWarning =
      body.has("FailuresBeforeWarning") ? try times("FailuresBeforeWarning") : check.failuresBeforeCritical
    check.deregisterCriticalAfter = try positive("DeregisterCriticalServiceAfter")
    return check
  }

  private func positive(_ name: String) throws(ConsulError) -> Duration? {
    let duration = try body.duration(name)
    return duration.map { $0 > .zero } == true ? duration : nil
  }

  /// Consul counts how often the status is kept; the check counts how often it is asked.
  private func times(_ name: String) throws(ConsulError) -> Int {
    min(max(try body.integer(name) ?? 0, 0), 1_000) + 1
  }

  private func kind(node: String) throws(ConsulError) -> HealthCheck.Kind {
    if body.has("Args") || body.has("ScriptArgs") || body.has("Script") || body.has("DockerContainerID") {
      throw ConsulError(
        400,
        "Scripts are disabled on this agent: it runs no programs for its clients. Use a TTL, HTTP, TCP, gRPC or alias check"
      )
    }
    let ttl = try positive("TTL")
    let interval = try positive("Interval")
    if ttl != nil, interval != nil { throw Self.invalid("Interval and TTL cannot both be specified") }
    let probe = try probe()
    if let probe {
      if interval == nil { throw Self.invalid("Interval must be > 0 for Script, HTTP, or TCP checks") }
      return probe
    }
    if let target = try alias(node: node) { return .alias(target) }
    guard let ttl else { throw Self.invalid("TTL must be > 0 for TTL checks") }
    return .ttl(ttl)
  }

  private func probe() throws(ConsulError) -> HealthCheck.Kind? {
    let skipsVerification = try body.bool("TLSSkipVerify") ?? false
    if let url = try body.string("HTTP"), !url.isEmpty {
      var headers: [String: [String]] = [:]
      if let header = try body.object("Header"), let map = try body.map("Header") {
        for member in map { headers[member.name] = try header.strings(member.name) ?? [] }
      }
      let method = try body.string("Method") ?? ""
      return .http(
        HTTPProbe(
          url: url, method: method.isEmpty ? "GET" : method, headers: headers,
          body: try body.string("Body") ?? "",
          skipTLSVerify: skipsVerification))
    }
    if let target = try body.string("TCP"), !target.isEmpty { return .tcp(target) }
    guard let target = try body.string("GRPC"), !target.isEmpty else { return nil }
    let parts = target.split(separator: "/", maxSplits: 1)
    return .grpc(
      GRPCProbe(
        target: parts.first.map(String.init) ?? target, service: parts.count > 1 ? String(parts[1]) : "",
        useTLS: try body.bool("GRPCUseTLS") ?? false, skipTLSVerify: skipsVerification))
  }

  private func alias(node: String) throws(ConsulError) -> CheckTarget? {
    let aliasNode = try body.string("AliasNode") ?? ""
    let service = try body.string("AliasService") ?? ""
    if !service.isEmpty { return .service(id: service, node: aliasNode.isEmpty ? node : aliasNode) }
    return aliasNode.isEmpty ? nil : .node(aliasNode)
  }

  private static func invalid(_ reason: String) -> ConsulError { .badRequest("Invalid check: \(reason)") }
}
