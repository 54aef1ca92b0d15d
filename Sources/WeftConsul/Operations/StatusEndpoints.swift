import WeftProtobuf

/// `/v1/status` and `/v1/coordinate`: what clients ask of a cluster, answered for one of one node.
struct StatusEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .get("/v1/status/leader") { [context] _ in .json { $0.string(context.leaderAddress) } },
      .get("/v1/status/peers") { [context] _ in .json { $0.array([context.leaderAddress]) { $0.string($1) } }
      },
      .get("/v1/coordinate/datacenters") { [context] _ in Self.datacenters(context) },
      .get("/v1/coordinate/nodes") { [context] in try await Self.nodes(context, $0) },
      .get("/v1/coordinate/node/") { [context] in try await Self.node(context, $0) },
      .put("/v1/coordinate/update") { _ in .empty },
    ]
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
