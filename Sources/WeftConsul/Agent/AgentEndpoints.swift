import WeftDiscovery
import WeftProtobuf
import WeftRPC
import WeftRegistry

/// `/v1/agent`: the registry as the agent that clients expect.
struct AgentEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    [
      .get("/v1/agent/self") { [context] request in
        try request.require(.agent(Node.registryName, .read))
        return Self.about(context)
      },
      .get("/v1/agent/members") { [context] in Self.members(context, $0) },
      .get("/v1/agent/metrics") { [context] request in
        try request.require(.agent(Node.registryName, .read))
        return Self.metrics(context, request)
      },
      .put("/v1/agent/reload") { request in
        try request.require(.agent(Node.registryName, .write))
        return .empty
      },
      .get("/v1/agent/monitor") { request in
        try request.require(.agent(Node.registryName, .read))
        return try Self.monitor(request)
      },
      .put("/v1/agent/join/") { request in
        throw ConsulError.badRequest(
          "Failed to join \(request.name.prefix(200)): this registry is a cluster of its own")
      },
      .put("/v1/agent/force-leave/") { [context] in try Self.forceLeave(context, $0) },
      .put("/v1/agent/leave") { _ in
        throw ConsulError.badRequest("This registry does not end at a client's request; stop its process")
      },
    ]
  }

  private static func about(_ context: ConsulContext) -> ConsulAnswer {
    let node = context.ownNode
    let statistics = context.registry.statistics
    let groups: [(StaticString, [String: String])] = [
      ("agent", ["check_monitors": "0", "check_ttls": "0", "services": "\(statistics.instances)"]),
      ("build", ["prerelease": "", "revision": "", "version": ConsulSettings.version]),
      (
        "consul",
        [
          "acl": context.hasAccessControl ? "enabled" : "disabled", "bootstrap": "true",
          "known_datacenters": "1", "leader": "true",
          "leader_addr": context.leaderAddress, "server": "true",
        ]
      ),
      (
        "raft",
        [
          "applied_index": "\(statistics.revision)", "commit_index": "\(statistics.revision)",
          "last_log_index": "\(statistics.revision)", "num_peers": "0", "state": "Leader",
        ]
      ),
    ]
    return .json { output in
      output.beginObject()
      output.key("Config")
      output.beginObject()
      output.field("Datacenter", context.datacenter)
      output.field("NodeName", node.name)
      output.field("NodeID", node.id)
      output.field("Revision", "")
      output.field("Server", true)
      output.field("Version", ConsulSettings.version)
      output.endObject()
      output.key("DebugConfig")
      output.raw("{}".utf8)
      output.key("Coord")
      Coordinate.write(to: &output)
      output.key("Member")
      writeMember(node, name: node.name, context, to: &output)
      output.key("Stats")
      output.beginObject()
      for (name, values) in groups { output.field(name, values) }
      output.endObject()
      output.field("Meta", node.asShown.metadata)
      output.key("xDS")
      output.raw(#"{"SupportedProxies":{}}"#.utf8)
      output.endObject()
    }
  }

  private static func members(_ context: ConsulContext, _ request: ConsulRequest) -> ConsulAnswer {
    let node = context.ownNode
    // Consul's pool across datacenters tells members apart by their datacenters.
    let name = request.query.has("wan") ? "\(node.name).\(context.datacenter)" : node.name
    let names = request.allows(.node(node.name, .read)) ? [name] : []
    return .json { output in output.array(names) { writeMember(node, name: $1, context, to: &$0) } }
  }

  private static func writeMember(
    _ node: Node, name: String, _ context: ConsulContext, to output: inout JSONOutput
  ) {
    output.beginObject()
    output.field("Name", name)
    output.field("Addr", node.address)
    output.field("Port", 8_301)
    output.field(
      "Tags",
      [
        "acls": context.hasAccessControl ? "1" : "0", "bootstrap": "1", "build": "\(ConsulSettings.version):",
        "dc": context.datacenter,
        "id": node.id, "port": "\(ConsulSettings.serverPort)", "raft_vsn": "3", "role": "consul",
        "segment": "",
        "vsn": "2", "vsn_max": "3", "vsn_min": "2", "wan_join_port": "8302",
      ])
    let versions: [(StaticString, Int)] = [
      ("Status", 1), ("ProtocolMin", 1), ("ProtocolMax", 5), ("ProtocolCur", 2), ("DelegateMin", 2),
      ("DelegateMax", 5), ("DelegateCur", 4),
    ]
    for (name, value) in versions { output.field(name, value) }
    output.endObject()
  }

  /// In Consul's form, what `/metrics` tells in Prometheus's.
  private static func metrics(_ context: ConsulContext, _ request: ConsulRequest) -> ConsulAnswer {
    let statistics = context.registry.statistics
    let gauges: [(String, Int)] = [
      ("consul.state.nodes", context.registry.nodes().nodes.count),
      ("consul.state.services", statistics.services),
      ("consul.state.service_instances", statistics.instances),
      ("consul.raft.applied_index", Int(clamping: statistics.revision)),
    ]
    if request.query.text("format") == "prometheus" {
      let lines = gauges.map { name, value in
        let name = name.replacing(".", with: "_")
        return "# TYPE \(name) gauge\n\(name) \(value)\n"
      }
      return .text(lines.joined()).with("content-type", "text/plain; version=0.0.4; charset=utf-8")
    }
    return .json { output in
      output.beginObject()
      // As Go prints times.
      let time = UTCTime.now()
      output.field("Timestamp", "\(time.dateText) \(time.timeText) +0000 UTC")
      output.key("Gauges")
      output.array(gauges) { output, gauge in
        output.beginObject()
        output.field("Name", gauge.0)
        output.field("Value", gauge.1)
        output.field("Labels", [:])
        output.endObject()
      }
      for name: StaticString in ["Points", "Counters", "Samples"] { output.field(name, [String]()) }
      output.endObject()
    }
  }

  private static func monitor(_ request: ConsulRequest) throws -> ConsulAnswer {
    let level = request.query.text("loglevel") ?? "info"
    guard ["trace", "debug", "info", "warn", "err", "error"].contains(level.lowercased()) else {
      throw ConsulError.badRequest("Unknown log level: \(level.prefix(64))")
    }
    throw ConsulError(501, "This registry's log is not told over HTTP: it is what its process prints")
  }

  private static func forceLeave(_ context: ConsulContext, _ request: ConsulRequest) throws -> ConsulAnswer {
    try request.require(.operator(.write))
    let name = request.name.split(separator: "/").first.map(String.init) ?? ""
    guard context.registry.node(name) != nil else {
      throw ConsulError.badRequest("agent: No node found with name '\(name)'")
    }
    return .empty
  }
}
