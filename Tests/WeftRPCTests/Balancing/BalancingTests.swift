import Testing

@testable import WeftRPC

/// How calls are spread over addresses.
@Suite struct BalancingTests {
  /// Runs `body` with servers that answer with their names.
  private func withServers(
    _ names: [String], ports: [Int] = [], _ body: ([Int]) async throws -> Void
  ) async throws {
    guard let name = names.first else { return try await body(ports) }
    try await withServer(named(name)) { _, port in
      try await withServers(Array(names.dropFirst()), ports: ports + [port], body)
    }
  }

  private func target(_ ports: [Int]) -> String {
    "ipv4:" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
  }

  /// How often each server answers, once every one of `names` has.
  private func spread(
    _ channel: Channel, over names: Set<String>, calls: Int, _ method: RPCMethod<Text, Text> = Echo.unary
  ) async throws -> [String: Int] {
    var seen: Set<String> = []
    while !names.isSubset(of: seen) {
      seen.insert(try await channel.unary(method, Text("")).value)
    }
    var counts: [String: Int] = [:]
    for _ in 0..<calls { counts[try await channel.unary(method, Text("")).value, default: 0] += 1 }
    return counts
  }

  @Test func roundRobinGivesEveryServerTheSame() async throws {
    try await withServers(["a", "b", "c"]) { ports in
      try await withChannel(target(ports)) { channel in
        let counts = try await spread(channel, over: ["a", "b", "c"], calls: 30)
        #expect(counts == ["a": 10, "b": 10, "c": 10])
      }
    }
  }

  @Test func weightsDecideTheShare() async throws {
    try await withServers(["a", "b"]) { ports in
      let resolver = ManualResolver()
      resolver.send([
        Endpoint(host: "127.0.0.1", port: ports[0], weight: 3),
        Endpoint(host: "127.0.0.1", port: ports[1], weight: 1),
      ])
      try await withChannel("test:///x", ChannelOptions(resolvers: ["test": resolver])) { channel in
        let counts = try await spread(channel, over: ["a", "b"], calls: 40)
        #expect(counts == ["a": 30, "b": 10])
      }
    }
  }

  @Test func pickFirstStaysWithOneServerUntilItDies() async throws {
    try await withServers(["a", "b"]) { ports in
      let wires = ["a": try await Wire.start(to: ports[0]), "b": try await Wire.start(to: ports[1])]
      let options = ChannelOptions(loadBalancing: .pickFirst())
      try await withChannel(target([wires["a"]?.port ?? 0, wires["b"]?.port ?? 0]), options) { channel in
        // On a machine that is slow enough the second answers before the first.
        let chosen = try await channel.unary(Echo.pure, Text("")).value
        let counts = try await spread(channel, over: [chosen], calls: 20)
        #expect(counts == [chosen: 20])
        await wires[chosen]?.cut()
        let other = chosen == "a" ? "b" : "a"
        let after = try await spread(channel, over: [other], calls: 20, Echo.pure)
        #expect(after == [other: 20])
      }
      for wire in wires.values { await wire.cut() }
    }
  }

  @Test func leastRequestAvoidsTheBusyServer() async throws {
    let slow = EchoService(
      unary: { _, _ in Text("busy") },
      pure: { request, _ in
        try await Task.sleep(for: .seconds(3600))
        return request
      })
    try await withServer(slow) { _, busy in
      try await withServer(named("idle")) { _, idle in
        let resolver = ManualResolver()
        resolver.send([Endpoint(host: "127.0.0.1", port: busy)])
        var options = ChannelOptions(loadBalancing: .leastRequest())
        options.resolvers["test"] = resolver
        try await withChannel("test:///x", options) { channel in
          let calls = (0..<3).map { _ in Task { try await channel.unary(Echo.pure, Text("x")) } }
          _ = try await spread(channel, over: ["busy"], calls: 20)
          resolver.send([
            Endpoint(host: "127.0.0.1", port: busy), Endpoint(host: "127.0.0.1", port: idle),
          ])
          let counts = try await spread(channel, over: ["idle"], calls: 20)
          #expect(counts == ["idle": 20])
          for call in calls { call.cancel() }
        }
      }
    }
  }

  @Test func addressesComeAndGoWithoutLosingACall() async throws {
    try await withServers(["a", "b", "c"]) { ports in
      let endpoints = ports.map { Endpoint(host: "127.0.0.1", port: $0) }
      let resolver = ManualResolver()
      resolver.send([endpoints[0]])
      try await withChannel("test:///x", ChannelOptions(resolvers: ["test": resolver])) { channel in
        let stop = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<4 {
            group.addTask {
              while stop.value == 0 {
                _ = try await channel.unary(Echo.unary, Text("x"))
                _ = try await channel.serverStreaming(Echo.expand, Text("xy")) { stream in
                  for try await _ in stream {}
                }
              }
            }
          }
          for round in 0..<30 {
            resolver.send(Array(endpoints.shuffled().prefix(1 + round % 3)))
            for _ in 0..<5 { _ = try await channel.unary(Echo.unary, Text("x")) }
          }
          stop.add(1)
          try await group.waitForAll()
        }
        resolver.send([endpoints[2]])
        let counts = try await spread(channel, over: ["c"], calls: 1)
        #expect(counts["c"] == 1)
      }
    }
  }

  @Test func newWeightsKeepTheConnections() async throws {
    try await withServer(named("a")) { first, firstPort in
      try await withServer(named("b")) { second, secondPort in
        let resolver = ManualResolver()
        func send(_ weights: [Int]) {
          resolver.send(
            zip([firstPort, secondPort], weights).map {
              Endpoint(host: "127.0.0.1", port: $0, weight: $1)
            })
        }
        send([1, 1])
        try await withChannel("test:///x", ChannelOptions(resolvers: ["test": resolver])) { channel in
          _ = try await spread(channel, over: ["a", "b"], calls: 1)
          let before = channel.core.state.withLock { $0.subchannels.values.map(ObjectIdentifier.init) }
          send([1, 4])
          var counts = try await spread(channel, over: ["a", "b"], calls: 50)
          while counts != ["a": 10, "b": 40] {
            counts = try await spread(channel, over: ["a", "b"], calls: 50)
          }
          let after = channel.core.state.withLock { $0.subchannels.values.map(ObjectIdentifier.init) }
          #expect(Set(after) == Set(before))
          #expect(first.connectionCount == 1)
          #expect(second.connectionCount == 1)
        }
      }
    }
  }

  @Test func serviceConfigDecidesBeforeTheOptions() async throws {
    try await withServers(["a", "b"]) { ports in
      var options = ChannelOptions(loadBalancing: .pickFirst())
      options.serviceConfig.loadBalancing = .roundRobin
      try await withChannel(target(ports), options) { channel in
        let counts = try await spread(channel, over: ["a", "b"], calls: 20)
        #expect(counts == ["a": 10, "b": 10])
      }
    }
  }

  @Test func shufflingSpreadsClientsOverServers() async throws {
    try await withServers(["a", "b"]) { ports in
      var seen: Set<String> = []
      while seen.count < 2 {
        let options = ChannelOptions(loadBalancing: .pickFirst(shuffles: true))
        let said = try await withChannel(target(ports), options) { channel in
          try await channel.unary(Echo.unary, Text("")).value
        }
        seen.insert(said)
      }
    }
  }

  @Test func emptyListMakesCallsUnavailable() async throws {
    let resolver = ManualResolver()
    resolver.send([])
    try await withChannel("test:///x", ChannelOptions(resolvers: ["test": resolver])) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("no address") == true)
    }
  }

  @Test func resolverThatEndsEmptyOrFailsIsToldToTheCall() async throws {
    for reason in [nil, "the book is lost"] {
      let resolver = ManualResolver()
      try await withChannel("test:///x", ChannelOptions(resolvers: ["test": resolver])) { channel in
        let call = Task { try await channel.unary(Echo.unary, Text("x")) }
        await Task.yield()
        if let reason { resolver.fail(reason) } else { resolver.end() }
        let failure = await rpcError { _ = try await call.value }
        #expect(failure?.code == .unavailable)
        #expect(failure?.message.contains(reason ?? "no address") == true)
      }
    }
  }

  @Test func listStaysWhenItsResolverFails() async throws {
    try await withServers(["a"]) { ports in
      let resolver = ManualResolver()
      resolver.send([Endpoint(host: "127.0.0.1", port: ports[0])])
      try await withChannel("test:///x", ChannelOptions(resolvers: ["test": resolver])) { channel in
        _ = try await channel.unary(Echo.unary, Text("x"))
        resolver.fail("gone")
        for _ in 0..<10 {
          let said = try await channel.unary(Echo.unary, Text("x")).value
          #expect(said == "a")
        }
      }
    }
  }
}
