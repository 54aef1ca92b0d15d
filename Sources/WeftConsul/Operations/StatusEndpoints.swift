import WeftProtobuf

/// `/v1/status`, `/v1/operator`, `/v1/coordinate`: what clients ask of a cluster, answered for one of one node; and
/// the lists of what is not here, which are empty.
struct StatusEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .get("/v1/status/leader") { [context] _ in .json { $0.string(context.leaderAddress) } },
      .get("/v1/status/peers") { [context] _ in .json { $0.array([context.leaderAddress]) { $0.string($1) } }
      },
      .get("/v1/operator/raft/configuration") { [context] request in
        try request.require(.operator(.read))
        return Self.raft(context)
      },
      .get("/v1/operator/autopilot/health") { [context] request in
        try request.require(.operator(.read))
        return Self.autopilot(context)
      },
      .get("/v1/coordinate/datacenters") { [context] _ in Self.datacenters(context) },
      .get("/v1/coordinate/nodes") { [context] in try await Self.nodes(context, $0) },
      .get("/v1/coordinate/node/") { [context] in try await Self.node(context, $0) },
      .put("/v1/coordinate/update") { _ in .empty },
      Route("/v1/snapshot", bodyLimit: 0, ["GET": Self.snapshot, "PUT": Self.snapshot]),
    ] + Self.emptyLists.map { path in .get(path) { [context] in try await Self.nothing(context, $0) } }
  }

  /// The service mesh, its gateways and intentions, central configuration and prepared queries are not here.
  private static let emptyLists = [
    "/v1/catalog/connect/", "/v1/catalog/gateway-services/", "/v1/health/connect/", "/v1/health/ingress/",
    "/v1/connect/intentions", "/v1/config/", "/v1/query",
  ]

  /// Consul's snapshots hold the state of its Raft log, which is not here.
  private static let snapshot: Handler = { _ in
    throw ConsulError(
      501, "Use 'weft registry snapshot save' and 'restore': this registry's snapshots are not Consul's")
  }

  private static func nothing(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer
  {
    let options = try ReadOptions(request.query)
    if let filter = options.filter {
      do {
        _ = try FilterParser.parse(filter)
      } catch {
        throw error.answer
      }
    }
    try await context.wait(for: .access, options)
    return ConsulAnswer.json { $0.array([]) { (_: inout JSONOutput, _: String) in } }
      .at(index: 1, consistency: request.path.hasPrefix("/v1/con") ? nil : options.consistency)
  }

  private static func raft(_ context: ConsulContext) -> ConsulAnswer {
    let node = context.ownNode
    return .json { output in
      output.beginObject()
      output.key("Servers")
      output.array([node]) { output, node in
        output.beginObject()
        output.field("ID", node.id)
        output.field("Node", node.name)
        output.field("Address", context.leaderAddress)
        output.field("Leader", true)
        output.field("ProtocolVersion", "3")
        output.field("Voter", true)
        output.endObject()
      }
      output.field("Index", 0)
      output.endObject()
    }
  }

  private static func autopilot(_ context: ConsulContext) -> ConsulAnswer {
    let node = context.ownNode
    return .json { output in
      output.beginObject()
      output.field("Healthy", true)
      output.field("FailureTolerance", 0)
      output.key("Servers")
      output.array([node]) { output, node in
        output.beginObject()
        output.field("ID", node.id)
        output.field("Name", node.name)
        output.field("Address", context.leaderAddress)
        output.field("SerfStatus", "alive")
        output.field("Version", ConsulSettings.version)
        output.field("Leader", true)
        output.field("LastContact", "0s")
        output.field("LastIndex", context.registry.statistics.revision)
        output.field("Healthy", true)
        output.field("Voter", true)
        output.endObject()
      }
      output.endObject()
    }
  }

  // MARK: Coordinates

  private static func datacenters(_ context: ConsulContext) -> ConsulAnswer {
    .json { output in
      output.array([context.ownNode]) { output, node in
        output.beginObject()
        output.field("Datacenter", context.datacenter)
        output.field("AreaID", "wan")
        output.key("Coordinates")
        output.array([node.name]) { write($1, to: &$0) }
        output.endObject()
      }
    }
  }

  private static func nodes(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    try await context.read(request, of: .nodes) { _ in
      var output = JSONOutput(escaping: .markup)
      output.array(context.registry.nodes().nodes.filter { request.allows(.node($0.name, .read)) }) {
        write($1.name, to: &$0)
      }
      return output
    }
  }

  private static func node(_ context: ConsulContext, _ request: ConsulRequest) async throws -> ConsulAnswer {
    let name = try request.requiredName("node name")
    try request.require(.node(name, .read))
    guard context.registry.node(name) != nil else { throw ConsulError.notFound("No coordinates of \(name)") }
    return try await context.read(request, of: .nodes) { _ in
      var output = JSONOutput(escaping: .markup)
      output.array([name]) { write($1, to: &$0) }
      return output
    }
  }

  private static func write(_ node: String, to output: inout JSONOutput) {
    output.beginObject()
    output.field("Node", node)
    output.field("Segment", "")
    output.key("Coord")
    Coordinate.write(to: &output)
    output.endObject()
  }
}
