import WeftDiscovery
import WeftProtobuf

/// `/v1/agent/health`: how what runs on the registry's own node stands, as a status that load balancers understand.
struct AgentHealthEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .get("/v1/agent/health/service/id/") { [context] in try Self.byID(context, $0) },
      .get("/v1/agent/health/service/name/") { [context] in try Self.byName(context, $0) },
    ]
  }

  private enum Verdict: Int, Comparable {
    case passing, warning, critical, maintenance

    init(_ instance: ServiceInstance, on node: Node) {
      if instance.maintenance != nil || node.maintenance != nil {
        self = .maintenance
        return
      }
      switch (instance.checks + node.checks).worstStatus {
      case .passing: self = .passing
      case .warning: self = .warning
      case .critical: self = .critical
      }
    }

    static func < (a: Verdict, b: Verdict) -> Bool { a.rawValue < b.rawValue }

    var name: String { String(describing: self) }

    var status: Int {
      switch self {
      case .passing: 200
      case .warning: 429
      case .critical, .maintenance: 503
      }
    }
  }

  private static func byID(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    let id = try request.requiredName("serviceID")
    let node = context.ownNode
    guard let instance = context.localInstance(id, for: request) else {
      let reason = "ServiceId \(id) not found"
      if wantsText(request) {
        return ConsulAnswer.text(reason, status: 404).with("content-type", "text/plain")
      }
      return ConsulAnswer.json(status: 404) { output in
        output.beginObject()
        output.field("AggregatedStatus", "critical")
        output.key("Service")
        output.null()
        output.field("Checks", [])
        output.endObject()
      }.because(reason)
    }
    try request.require(.service(instance.qualifiedService, .read))
    let verdict = Verdict(instance, on: node)
    if wantsText(request) { return text(verdict) }
    return ConsulAnswer.json(status: verdict.status) { write(instance, on: node, verdict, context, to: &$0) }
      .because(verdict.name)
  }

  private static func byName(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    let name = try request.requiredName("service name")
    try request.require(.service(request.qualified(name), .read))
    let node = context.ownNode
    let found = context.localInstances(for: request).filter { $0.service == name }.map {
      ($0, Verdict($0, on: node))
    }
    guard let worst = found.map(\.1).max() else {
      let reason = "ServiceName \(name) Not Found"
      if wantsText(request) {
        return ConsulAnswer.text(reason, status: 404).with("content-type", "text/plain")
      }
      return ConsulAnswer.json(status: 404) { $0.array([]) { (_: inout JSONOutput, _: String) in } }.because(
        reason)
    }
    if wantsText(request) { return text(worst) }
    return ConsulAnswer.json(status: worst.status) { output in
      output.array(found) { write($1.0, on: node, $1.1, context, to: &$0) }
    }.because(worst.name)
  }

  private static func write(
    _ instance: ServiceInstance, on node: Node, _ verdict: Verdict, _ context: ConsulContext,
    to output: inout JSONOutput
  ) {
    output.beginObject()
    output.field("AggregatedStatus", verdict.name)
    output.key("Service")
    instance.writeLocal(to: &output, context.datacenter)
    output.key("Checks")
    output.array(CheckView.all(of: instance) + CheckView.all(of: node, isLocal: true)) {
      $1.write(to: &$0, isLocal: true, definition: CheckView.emptyDefinition)
    }
    output.endObject()
  }

  private static func text(_ verdict: Verdict) -> ConsulAnswer {
    ConsulAnswer.text(verdict.name, status: verdict.status).with("content-type", "text/plain").because(
      verdict.name)
  }

  private static func wantsText(_ request: ConsulRequest) -> Bool {
    if let format = request.query.text("format") { return format == "text" }
    return request.fields["accept"]?.hasPrefix("text/plain") ?? false
  }
}

extension ConsulAnswer {
  fileprivate func because(_ reason: String) -> ConsulAnswer { with("x-consul-reason", reason) }
}
