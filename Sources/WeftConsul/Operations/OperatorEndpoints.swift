import WeftProtobuf

/// `/v1/operator`: what is asked of a cluster of servers, answered for one of one node.
struct OperatorEndpoints {
  let context: ConsulContext

  var routes: [Route] {
    let alone = "this registry is one server and has no others to hand over to"
    return [
      .get("/v1/operator/raft/configuration") { [context] request in
        try request.require(.operator(.read))
        return Self.raft(context)
      },
      Route("/v1/operator/raft/peer", ["DELETE": { try Self.removePeer($0) }]),
      refusing(
        "/v1/operator/raft/transfer-leader", ["PUT", "POST"], 501,
        "Leadership cannot be transferred: \(alone)"),
      Route(
        "/v1/operator/autopilot/configuration",
        [
          "GET": { [context] request in
            try request.require(.operator(.read))
            return Self.configuration(context)
          },
          "PUT": { request in
            try request.require(.operator(.write))
            throw ConsulError(501, "There is nothing for autopilot to do: \(alone), and nothing to configure")
          },
        ]),
      .get("/v1/operator/autopilot/health") { [context] request in
        try request.require(.operator(.read))
        return Self.autopilot(context)
      },
      refusing(
        "/v1/operator/keyring", ["GET", "PUT", "POST", "DELETE"], 501,
        "There is no keyring: this registry does not gossip, so there is nothing to encrypt"),
      .get("/v1/operator/usage") { [context] request in
        try request.require(.operator(.read))
        return Self.usage(context)
      },
    ]
  }

  private func refusing(_ path: String, _ methods: [String], _ status: Int, _ reason: String) -> Route {
    let handler: Handler = { request in
      try request.require(.operator(.write))
      throw ConsulError(status, reason)
    }
    return Route(path, Dictionary(uniqueKeysWithValues: methods.map { ($0, handler) }))
  }

  private static func removePeer(_ request: ConsulRequest) throws -> ConsulAnswer {
    try request.require(.operator(.write))
    guard let peer = request.query.text("id") ?? request.query.text("address") else {
      throw ConsulError.badRequest(
        "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove")
    }
    throw ConsulError.badRequest(
      "\"\(peer.prefix(200))\" cannot be removed: this registry is its own only server, and stays")
  }

  /// What holds for one server: nobody else is there to be cleaned up, or to be behind.
  private static func configuration(_ context: ConsulContext) -> ConsulAnswer {
    .json { output in
      output.beginObject()
      output.field("CleanupDeadServers", true)
      output.field("LastContactThreshold", "200ms")
      output.field("MaxTrailingLogs", 250)
      output.field("MinQuorum", 0)
      output.field("ServerStabilizationTime", "10s")
      output.field("RedundancyZoneTag", "")
      output.field("DisableUpgradeMigration", false)
      output.field("UpgradeVersionTag", "")
      output.field("CreateIndex", 1)
      output.field("ModifyIndex", 1)
      output.endObject()
    }
  }

  /// As Consul 1.14 and later tell it.
  private static func usage(_ context: ConsulContext) -> ConsulAnswer {
    let statistics = context.registry.statistics
    return ConsulAnswer.json { output in
      output.beginObject()
      output.key("Usage")
      output.beginObject()
      output.key(context.datacenter)
      output.beginObject()
      output.field("Nodes", context.registry.nodes().nodes.count)
      output.field("Services", statistics.services)
      output.field("ServiceInstances", statistics.instances)
      output.field("ConnectServiceInstances", [:])
      output.field("BillableServiceInstances", statistics.instances)
      output.endObject()
      output.endObject()
      output.field("Index", statistics.revision)
      output.field("LastContact", 0)
      output.field("KnownLeader", true)
      output.field("ConsistencyLevel", "leader")
      output.field("NotModified", false)
      output.endObject()
    }.at(index: statistics.revision)
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
}
