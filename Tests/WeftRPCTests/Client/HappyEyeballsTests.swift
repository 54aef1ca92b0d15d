import Testing

@testable import WeftRPC

/// Addresses of which some do not answer.
@Suite struct HappyEyeballsTests {
  @Test func silentAddressHoldsACallUpForItsHeadStartOnly() async throws {
    let silent = try await Wire.start(to: nil)
    try await withServer(named("second")) { server, port in
      var options = ChannelOptions(loadBalancing: .pickFirst())
      options.connectTimeout = .seconds(3600)
      try await withChannel("ipv4:127.0.0.1:\(silent.port),127.0.0.1:\(port)", options) { channel in
        let said = try await channel.unary(Echo.unary, Text("")).value
        #expect(said == "second")
      }
      #expect(server.connectionCount <= 1)
    }
    await silent.cut()
  }

  @Test func onlyTheChosenAddressKeepsAConnection() async throws {
    try await withServer(named("a")) { first, firstPort in
      try await withServer(named("b")) { second, secondPort in
        let options = ChannelOptions(loadBalancing: .pickFirst())
        try await withChannel("ipv4:127.0.0.1:\(firstPort),127.0.0.1:\(secondPort)", options) { channel in
          let chosen = try await channel.unary(Echo.unary, Text("")).value
          for _ in 0..<10 {
            let said = try await channel.unary(Echo.unary, Text("")).value
            #expect(said == chosen)
          }
          // An attempt that came too late may still be on its way out.
          let other = chosen == "a" ? second : first
          while other.connectionCount > 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
      }
    }
  }

  @Test func nameWithADeadAddressIsReachedThroughTheOther() async throws {
    // localhost is both on most machines; the server listens on one of them only.
    try await withServer { _, port in
      for policy in [LoadBalancingPolicy.pickFirst(), .roundRobin] {
        try await withChannel("dns:///localhost:\(port)", ChannelOptions(loadBalancing: policy)) { channel in
          let said = try await channel.unary(Echo.unary, Text("x")).value
          #expect(said == "x")
        }
      }
    }
  }
}
