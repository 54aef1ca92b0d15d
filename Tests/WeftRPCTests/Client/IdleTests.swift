import Testing

@testable import WeftRPC

/// Channels without calls, and what they tell of themselves.
@Suite struct IdleTests {
  private func reach(_ state: ConnectivityState, _ states: AsyncStream<ConnectivityState>) async {
    for await seen in states where seen == state { break }
  }

  @Test(arguments: [LoadBalancingPolicy.roundRobin, .pickFirst(), .ringHash()])
  func channelWithoutCallsDropsItsConnectionsAndWakesWithTheNext(
    _ policy: LoadBalancingPolicy
  ) async throws {
    try await withServer { server, port in
      var options = ChannelOptions(loadBalancing: policy)
      options.idleTimeout = .milliseconds(20)
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        for _ in 0..<3 {
          let said = try await channel.unary(Echo.unary, Text("x")).value
          #expect(said == "x")
          await reach(.idle, channel.connectivityChanges())
          while server.connectionCount > 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
      }
    }
  }

  @Test(arguments: [LoadBalancingPolicy.roundRobin, .pickFirst(), .ringHash()])
  func channelThatHadACallSinceTheLastLookRestsOnlyAtTheNext(_ policy: LoadBalancingPolicy) async throws {
    try await withServer { _, port in
      try await withChannel("ipv4:127.0.0.1:\(port)", ChannelOptions(loadBalancing: policy)) { channel in
        for _ in 0..<3 {
          let said = try await channel.unary(Echo.unary, Text("x")).value
          #expect(said == "x")
          channel.core.checkIdle()
          #expect(channel.connectivity == .ready)
        }
        channel.core.checkIdle()
        #expect(channel.connectivity == .idle)
      }
    }
  }

  @Test func runningCallKeepsTheChannelAwake() async throws {
    try await withServer { _, port in
      var options = ChannelOptions()
      options.idleTimeout = .milliseconds(5)
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        try await channel.bidirectional(Echo.chat) { writer, stream in
          var replies = stream.makeAsyncIterator()
          for _ in 0..<5 {
            try await Task.sleep(for: .milliseconds(10))
            try await writer.write(Text("x"))
            let reply = try await replies.next()
            #expect(reply?.value == "x")
            #expect(channel.connectivity == .ready)
          }
        }
      }
    }
  }

  @Test func pickFirstRestsAfterALossAndConnectsForTheNextCall() async throws {
    try await withServer { _, port in
      let wire = try await Wire.start(to: port)
      try await withChannel("ipv4:127.0.0.1:\(wire.port)", ChannelOptions(loadBalancing: .pickFirst())) {
        channel in
        for _ in 0..<3 {
          let said = try await channel.unary(Echo.unary, Text("x")).value
          #expect(said == "x")
          let states = channel.connectivityChanges()
          wire.cutConnections()
          await reach(.idle, states)
        }
      }
      await wire.cut()
    }
  }

  @Test func statesAreToldInOrder() async throws {
    let resolver = ManualResolver()
    let dead = try await deadPort()
    try await withServer { _, port in
      let channel = Channel(target: "test:///x", options: ChannelOptions(resolvers: ["test": resolver]))
      var states = channel.connectivityChanges().makeAsyncIterator()
      let first = await states.next()
      #expect(first == .connecting)
      resolver.send([Endpoint(host: "127.0.0.1", port: dead)])
      let second = await states.next()
      #expect(second == .transientFailure)
      resolver.send([Endpoint(host: "127.0.0.1", port: port)])
      while let state = await states.next(), state != .ready { #expect(state == .connecting) }
      #expect(channel.connectivity == .ready)
      await channel.shutdown()
      while let state = await states.next() { #expect(state == .shutdown) }
      #expect(channel.connectivity == .shutdown)
    }
  }

  @Test func connectWakesAChannel() async throws {
    try await withServer { server, port in
      var options = ChannelOptions(loadBalancing: .pickFirst())
      options.idleTimeout = .seconds(3600)
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        await reach(.ready, channel.connectivityChanges())
        channel.core.rest()
        #expect(channel.connectivity == .idle)
        channel.connect()
        await reach(.ready, channel.connectivityChanges())
      }
    }
  }
}
