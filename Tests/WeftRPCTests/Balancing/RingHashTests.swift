import Testing

@testable import WeftRPC

/// Calls that are spread by what they are about.
@Suite struct RingHashTests {
  private func withThree(
    _ header: String = "", _ body: (Channel, ManualResolver, [Endpoint]) async throws -> Void
  ) async throws {
    try await withServer(named("a")) { _, first in
      try await withServer(named("b")) { _, second in
        try await withServer(named("c")) { _, third in
          let endpoints = zip([first, second, third], ["a", "b", "c"]).map { port, name in
            var endpoint = Endpoint(host: "127.0.0.1", port: port)
            // Ports change with every run, and with them the places on the ring.
            endpoint.hashKey = name
            return endpoint
          }
          let resolver = ManualResolver()
          resolver.send(endpoints)
          var options = ChannelOptions(loadBalancing: .ringHash(header: header))
          options.resolvers["test"] = resolver
          try await withChannel("test:///x", options) { try await body($0, resolver, endpoints) }
        }
      }
    }
  }

  private func ask(_ channel: Channel, key: String) async throws -> String {
    var options = CallOptions()
    options.hashKey = key
    return try await channel.unary(Echo.pure, Text(""), options: options).value
  }

  @Test func keyStaysWithItsServerAndOthersGoElsewhere() async throws {
    try await withThree { channel, _, _ in
      var owners: [String: String] = [:]
      for key in 0..<30 { owners["\(key)"] = try await ask(channel, key: "\(key)") }
      #expect(Set(owners.values) == ["a", "b", "c"])
      for (key, owner) in owners {
        let again = try await ask(channel, key: key)
        #expect(again == owner)
      }
    }
  }

  @Test func headerIsTheKeyWhereTheOptionsNameOne() async throws {
    try await withThree("x-user") { channel, _, _ in
      for key in 0..<20 {
        let byKey = try await ask(channel, key: "\(key)")
        let byHeader = try await channel.unary(
          Echo.unary, Text(""), options: CallOptions(metadata: ["x-user": "\(key)"]))
        #expect(byHeader.value == byKey)
      }
    }
  }

  @Test func serverIsConnectedWhenItIsNeeded() async throws {
    try await withThree { channel, _, _ in
      _ = try await ask(channel, key: "1")
      let connected = channel.core.state.withLock { state in
        state.subchannels.values.count { !$0.connections.isEmpty }
      }
      #expect(connected == 1)
    }
  }

  @Test func keysOfAServerThatLeftGoToTheOthers() async throws {
    try await withThree { channel, resolver, endpoints in
      var owners: [String: String] = [:]
      for key in 0..<30 { owners["\(key)"] = try await ask(channel, key: "\(key)") }
      resolver.send(Array(endpoints.dropLast()))
      // The list is taken once its last server answers no more.
      let gone = owners.first { $0.value == "c" }?.key ?? ""
      while try await ask(channel, key: gone) == "c" {}
      for key in owners.keys {
        let now = try await ask(channel, key: key)
        #expect(now != "c")
      }
    }
  }

  @Test func keysOfAServerThatCannotBeReachedGoToTheNext() async throws {
    try await withThree { channel, resolver, endpoints in
      let dead = try await deadPort()
      var broken = Endpoint(host: "127.0.0.1", port: dead)
      broken.hashKey = "c"
      resolver.send([endpoints[0], endpoints[1], broken])
      var answers: Set<String> = []
      for key in 0..<40 { answers.insert(try await ask(channel, key: "\(key)")) }
      while answers.contains("c") {
        answers = []
        for key in 0..<40 { answers.insert(try await ask(channel, key: "\(key)")) }
      }
      #expect(answers == ["a", "b"])
    }
  }

  @Test func callsWithoutAKeyAreSpread() async throws {
    try await withThree { channel, _, _ in
      var answers: Set<String> = []
      while answers.count < 3 { answers.insert(try await channel.unary(Echo.unary, Text("")).value) }
    }
  }

  @Test func deadRingIsUnavailableAndNamesEveryAddress() async throws {
    let ports = [try await deadPort(), try await deadPort()]
    let target = "ipv4:" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
    try await withChannel(target, ChannelOptions(loadBalancing: .ringHash())) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      for port in ports { #expect(error?.message.contains("127.0.0.1:\(port): Connection refused") == true) }
    }
  }
}
