import Testing
import WeftRPC

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
