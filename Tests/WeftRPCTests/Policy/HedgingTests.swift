import Testing
import WeftHTTP2
import WeftRPC

/// Attempts beside each other.
@Suite struct HedgingTests {
  private func options(_ hedging: HedgingPolicy, throttling: RetryThrottling? = nil) -> ChannelOptions {
    var options = ChannelOptions()
    options.serviceConfig = ServiceConfig(
      methods: [MethodConfig(hedging: hedging)], retryThrottling: throttling)
    return options
  }

  private func call(
    _ peer: ScriptedPeer, _ hedging: HedgingPolicy, throttling: RetryThrottling? = nil,
    _ body: (Channel) async throws -> Void
  ) async throws -> RPCError? {
    try await withPeer(peer) { port in
      let options = options(hedging, throttling: throttling)
      return try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        await rpcError { try await body(channel) }
      }
    }
  }

  @Test func secondAttemptAnswersWhileTheFirstIsSilent() async throws {
    let peer = ScriptedPeer(.silence, .message("hedge"))
    let error = try await call(peer, HedgingPolicy(delay: .milliseconds(5))) { channel in
      let reply = try await channel.unary(Echo.unary, Text("x")).value
      #expect(reply == "hedge")
      await peer.wait { $0[0].wasBrokenOff }
    }
    #expect(error == nil)
    #expect(peer.calls.map { $0.fields["grpc-previous-rpc-attempts"] } == [nil, "1"])
    #expect(peer.calls.map(\.body) == [ScriptedPeer.framed("x"), ScriptedPeer.framed("x")])
  }

  @Test func streamsAreHedgedToo() async throws {
    let peer = ScriptedPeer(.silence, .echo)
    let error = try await call(peer, HedgingPolicy(delay: .milliseconds(5))) { channel in
      try await channel.bidirectional(Echo.chat) { writer, stream in
        try await writer.write(Text("a"))
        await peer.wait { $0.count == 2 }
        try await writer.write(Text("b"))
        try await writer.finish()
        var said = ""
        for try await reply in stream { said += reply.value }
        #expect(said == "ab")
      }
    }
    #expect(error == nil)
  }

  @Test func noHedgeIsMadeBeforeItsTime() async throws {
    let peer = ScriptedPeer(.message("x"))
    let error = try await call(peer, HedgingPolicy(delay: .seconds(3600))) { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
    }
    #expect(error == nil)
    #expect(peer.calls.count == 1)
  }

  @Test func nonFatalStatusMakesTheNextAttemptAtOnce() async throws {
    let peer = ScriptedPeer(.status(14), .message("x"))
    let policy = HedgingPolicy(delay: .seconds(3600), nonFatalStatusCodes: [.unavailable])
    let error = try await call(peer, policy) { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
    }
    #expect(error == nil)
    #expect(peer.calls.count == 2)
  }

  @Test func fatalStatusEndsTheCall() async throws {
    let peer = ScriptedPeer(.status(3))
    let policy = HedgingPolicy(delay: .seconds(3600), nonFatalStatusCodes: [.unavailable])
    let error = try await call(peer, policy) { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
    }
    #expect(error?.code == .invalidArgument)
    #expect(peer.calls.count == 1)
  }

  @Test func lastOfTheFailuresIsTheCallsStatus() async throws {
    let peer = ScriptedPeer(.status(14))
    let policy = HedgingPolicy(maxAttempts: 3, nonFatalStatusCodes: [.unavailable])
    let error = try await call(peer, policy) { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
    }
    #expect(error?.code == .unavailable)
    #expect(peer.calls.count == 3)
  }

  @Test func pushBackStopsOrDelaysHedges() async throws {
    let policy = HedgingPolicy(delay: .seconds(3600), nonFatalStatusCodes: [.unavailable])
    let stopping = ScriptedPeer(.status(14, ["grpc-retry-pushback-ms": "-1"]))
    let error = try await call(stopping, policy) { _ = try await $0.unary(Echo.unary, Text("x")) }
    #expect(error?.code == .unavailable)
    #expect(stopping.calls.count == 1)
    let delaying = ScriptedPeer(.status(14, ["grpc-retry-pushback-ms": "2"]), .message("x"))
    let none = try await call(delaying, policy) { _ = try await $0.unary(Echo.unary, Text("x")) }
    #expect(none == nil)
    #expect(delaying.calls.count == 2)
  }

  @Test func emptyBudgetEndsHedges() async throws {
    let peer = ScriptedPeer(.status(14))
    let policy = HedgingPolicy(maxAttempts: 2, delay: .seconds(3600), nonFatalStatusCodes: [.unavailable])
    let throttling = RetryThrottling(maxTokens: 4, tokenRatio: 0.001)
    let error = try await call(peer, policy, throttling: throttling) { channel in
      for _ in 0..<3 { _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) } }
    }
    #expect(error == nil)
    // The second failure leaves half of the tokens.
    #expect(peer.calls.count == 4)
  }

  @Test func cancelledCallBreaksEveryAttemptOff() async throws {
    let peer = ScriptedPeer(.silence)
    let error = try await call(peer, HedgingPolicy(maxAttempts: 3)) { channel in
      let call = Task { try await channel.unary(Echo.unary, Text("x")) }
      await peer.wait { $0.count == 3 }
      call.cancel()
      _ = try await call.value
    }
    #expect(error?.code == .cancelled)
    await peer.wait { $0.allSatisfy(\.wasBrokenOff) }
  }

  @Test func hedgeThatFoundNoPlaceDoesNotDisturbTheFirst() async throws {
    let pure = MethodPath(path: "/test.Echo/Pure", idempotency: .noSideEffects)
    let peer = ScriptedPeer(.echo)
    // The hedge waits an hour for its next chance, until the first attempt is answered.
    var options = options(HedgingPolicy())
    options.serviceConfig.maxRequestsInFlight = 1
    options.retry.initialBackoff = .seconds(3600)
    options.retry.maxBackoff = .seconds(3600)
    try await withPeer(peer) { port in
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        try await channel.withCall(pure, options: CallOptions()) { call in
          try await call.send(.init(bytes: [0x0a, 1, 0x78]))
          _ = try await call.initialMetadata()
          for _ in 0..<100 { await Task.yield() }
          try await call.finishSending()
          let reply = try await call.nextMessage()
          #expect(reply == .init(bytes: [0x0a, 1, 0x78]))
        }
      }
    }
    #expect(peer.calls.count == 1)
  }

  @Test func attemptsGoToDifferentBackends() async throws {
    let slow = EchoService(unary: { request, _ in
      try await Task.sleep(for: .seconds(3600))
      return request
    })
    try await withServer(slow) { _, first in
      try await withServer(named("quick")) { _, second in
        let target = "ipv4:127.0.0.1:\(first),127.0.0.1:\(second)"
        try await withChannel(target, options(HedgingPolicy(delay: .milliseconds(2)))) { channel in
          // Both are connected before it begins.
          var seen: Set<String> = []
          while seen.count < 2 { seen.insert(try await channel.unary(Echo.pure, Text("slow")).value) }
          for _ in 0..<10 {
            let reply = try await channel.unary(Echo.unary, Text("x")).value
            #expect(reply == "quick")
          }
        }
      }
    }
  }
}
