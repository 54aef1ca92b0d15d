import WeftDiscovery
import WeftProtobuf
import WeftRegistry

/// `/v1/health`.
struct HealthEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .get("/v1/health/service/") { [context] in try await Self.service(context, $0) },
      .get("/v1/health/checks/") { [context] in try await Self.checks(context, $0) },
      .get("/v1/health/node/") { [context] in try await Self.node(context, $0) },
      .get("/v1/health/state/") { [context] in try await Self.state(context, $0) },
    ]
  }

  private static func service(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    let name = try request.requiredName("service name")
    let onlyPassing = try request.query.flag("passing", isStrict: true)
    return try await context.read(request, of: .service(request.qualified(name))) {
      options throws(ConsulError) in
      let filter = try context.healthSchema.filter(options.filter)
      let views = context.views(of: name, for: request).filter { !onlyPassing || $0.isPassing }
        .chosen(by: request, options, filter)
      try filter?.finish()
      var output = JSONOutput(escaping: .markup, reserving: 1_536 * (views.count + 1))
      output.array(views) { $1.writeHealth(to: &$0, context.datacenter) }
      return output
    }
  }

  /// The checks of the instances of a service.
  private static func checks(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    let name = try request.requiredName("service name")
    return try await context.read(request, of: .service(request.qualified(name))) {
      options throws(ConsulError) in
      let filter = try CheckView.schema.filter(options.filter)
      let views = context.views(of: name, for: request).filter { $0.node.has(options.nodeMeta) }
        .nearFirst(options.near) { $0.node.name }
      return try list(views.flatMap { CheckView.all(of: $0.instance) }, filter, request)
    }
  }

  private static func node(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let name = try request.requiredName("node name")
    return try await context.read(request, of: .node(name)) { options throws(ConsulError) in
      let filter = try CheckView.schema.filter(options.filter)
      guard let node = context.registry.node(name) else { return try list([], filter, request) }
      let instances = context.registry.instances(onNode: name).filter { $0.isIn(request) }
      return try list(CheckView.all(of: node) + instances.flatMap { CheckView.all(of: $0) }, filter, request)
    }
  }

  private static func state(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let name = try request.requiredName("check state")
    let status = HealthStatus(rawValue: name)
    let scope = status.map { Scope.checksInState($0) } ?? .checks
    return try await context.read(request, of: scope) { options throws(ConsulError) in
      let filter = try CheckView.schema.filter(options.filter)
      let checks = context.allChecks(for: request)
        .filter { name == "any" || $0.check.status == status }
        .filter { $0.node.has(options.nodeMeta) }
        .nearFirst(options.near) { $0.node.name }
      return try list(checks.map(\.check), filter, request)
    }
  }

  private static func list(
    _ checks: [CheckView], _ filter: Filter<CheckView>?, _ request: ConsulRequest
  ) throws(ConsulError) -> JSONOutput {
    let chosen = checks.filter { request.canSee($0) && (filter?($0) ?? true) }
    try filter?.finish()
    var output = JSONOutput(escaping: .markup)
    output.array(chosen) { $1.write(to: &$0) }
    return output
  }
}
