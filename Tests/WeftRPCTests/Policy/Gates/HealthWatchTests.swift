import Testing
import WeftRPC

/// Client-side health checks (gRFC A17).
@Suite struct HealthWatchTests {
  private func options(_ service: String = "") -> ChannelOptions {
    var options = ChannelOptions.neverRetry
    options.serviceConfig.healthCheck = HealthCheckPolicy(service: service)
    return options
  }

  private let patient = CallOptions(waitForReady: true)

  @Test func backendThatSaysItDoesNotServeGetsNoCalls() async throws {
    let runs = Counter()
    let service = EchoService(unary: { request, _ in
      runs.add(1)
      return request
    })
    try await withServer(service) { server, port in
      server.health.set(.notServing, for: "test.Echo")
      try await withChannel("ipv4:127.0.0.1:\(port)", options("test.Echo")) { channel in
        let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("test.Echo is not serving") == true)
        #expect(runs.value == 0)
        let waiting = Task { try await channel.unary(Echo.unary, Text("x"), options: patient) }
        await Task.yield()
        server.health.set(.serving, for: "test.Echo")
        _ = try await waiting.value
        #expect(runs.value == 1)
        server.health.set(.notServing, for: "test.Echo")
        while await rpcError({ _ = try await channel.unary(Echo.unary, Text("x")) }) == nil {}
      }
    }
  }

  @Test func callsWaitForTheFirstAnswer() async throws {
    try await withServer { _, port in
      try await withChannel("ipv4:127.0.0.1:\(port)", options()) { channel in
        let reply = try await channel.unary(Echo.unary, Text("x")).value
        #expect(reply == "x")
      }
    }
  }

  @Test func callsGoToTheBackendThatServes() async throws {
    try await withServer(named("ill")) { ill, first in
      try await withServer(named("well")) { _, second in
        ill.health.set(.notServing, for: "")
        try await withChannel("ipv4:127.0.0.1:\(first),127.0.0.1:\(second)", options()) { channel in
          for _ in 0..<20 {
            let reply = try await channel.unary(Echo.unary, Text("x"), options: patient).value
            #expect(reply == "well")
          }
        }
      }
    }
  }

  @Test func serviceThatTheServerDoesNotKnowIsNotCalled() async throws {
    try await withServer { _, port in
      try await withChannel("ipv4:127.0.0.1:\(port)", options("no.Such")) { channel in
        let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("no.Such") == true)
      }
    }
  }

  @Test func serverWithoutHealthChecksIsCalledAllTheSame() async throws {
    let peer = ScriptedPeer(.status(12), .message("x"))
    try await withPeer(peer) { port in
      try await withChannel("ipv4:127.0.0.1:\(port)", options()) { channel in
        let reply = try await channel.unary(Echo.unary, Text("x")).value
        #expect(reply == "x")
        #expect(peer.calls.count == 2)
      }
    }
  }

  @Test func watchGoesOnAfterTheConnectionIsMadeAgain() async throws {
    try await withServer { server, port in
      let wire = try await Wire.start(to: port)
      var options = options()
      options.retry = RetryPolicy()
      options.backoff.initial = .milliseconds(5)
      try await withChannel("ipv4:127.0.0.1:\(wire.port)", options) { channel in
        for round in 0..<3 {
          let reply = try await channel.unary(Echo.pure, Text("\(round)"), options: patient).value
          #expect(reply == "\(round)")
          wire.cutConnections()
        }
        _ = try await channel.unary(Echo.pure, Text("x"), options: patient)
        server.health.set(.notServing, for: "")
        while await rpcError({ _ = try await channel.unary(Echo.unary, Text("x")) }) == nil {}
      }
      await wire.cut()
    }
  }

  @Test func watchThatFailsIsMadeAgain() async throws {
    let peer = ScriptedPeer(.status(14), .status(12), .message("x"))
    var options = options()
    options.backoff.initial = .milliseconds(1)
    try await withPeer(peer) { port in
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        let reply = try await channel.unary(Echo.unary, Text("x"), options: patient).value
        #expect(reply == "x")
      }
    }
  }
}
