import Testing

@testable import WeftRPC

/// Connections that a server does not keep for ever.
@Suite struct ConnectionAgeTests {
  @Test func callsGoOnWhenConnectionsEndOfAge() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.maxConnectionAge = .milliseconds(300)
    let service = EchoService(unary: { _, context in Text(context.peer.remoteAddress) })
    try await withEcho(service, configuration: configuration) { channel in
      var connections: Set<String> = []
      while connections.count < 3 {
        connections.insert(try await channel.unary(Echo.unary, Text("x")).value)
      }
    }
  }

  @Test func aCallThatOutlivesAgeAndGraceIsCut() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.maxConnectionAge = .milliseconds(50)
    configuration.maxConnectionAgeGrace = .milliseconds(50)
    let service = EchoService(unary: { request, _ in
      try await Task.sleep(for: .seconds(3600))
      return request
    })
    try await withEcho(service, configuration: configuration, options: .neverRetry) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
    }
  }

  @Test func theRulesOfConnectionsReachThem() {
    var configuration = RPCServerConfiguration.plain
    configuration.keepalive = nil
    configuration.keepaliveEnforcement = nil
    configuration.maxConnectionAge = .seconds(1)
    configuration.maxConnectionAgeGrace = .seconds(2)
    configuration.maxConnectionIdle = .seconds(3)
    let listening = configuration.listening
    #expect(listening.keepalive == nil)
    #expect(listening.keepaliveEnforcement == nil)
    #expect(listening.maxConnectionAge == .seconds(1))
    #expect(listening.maxConnectionAgeGrace == .seconds(2))
    #expect(listening.maxConnectionIdle == .seconds(3))
    #expect(RPCServerConfiguration.plain.listening.keepaliveEnforcement != nil)
  }

  @Test func aConnectionThatRestsIsEnded() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.maxConnectionIdle = .milliseconds(300)
    try await withServer(configuration: configuration) { server, port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        _ = try await channel.unary(Echo.unary, Text("x"))
        let first = server.connectionCount
        #expect(first <= 1)
        while server.connectionCount == 1 { await Task.yield() }
      }
    }
  }
}
