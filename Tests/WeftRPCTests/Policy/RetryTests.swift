import Testing
import WeftHTTP2
import WeftRPC

/// Attempts one after another, as a service config orders them.
@Suite struct RetryTests {
  static func options(maxAttempts: Int = 4, throttling: RetryThrottling? = nil) -> ChannelOptions {
    var retry = RetryPolicy()
    retry.maxAttempts = maxAttempts
    retry.initialBackoff = .milliseconds(1)
    retry.retryableStatusCodes = [.unavailable, .aborted]
    var options = ChannelOptions()
    options.serviceConfig = ServiceConfig(methods: [MethodConfig(retry: retry)], retryThrottling: throttling)
    return options
  }

  /// Calls a peer that follows a script.
  private func call(
    _ peer: ScriptedPeer, _ options: ChannelOptions = RetryTests.options(),
    _ body: (Channel) async throws -> Void
  ) async throws -> RPCError? {
    try await withPeer(peer) { port in
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        await rpcError { try await body(channel) }
      }
    }
  }

  private func unary(_ peer: ScriptedPeer, _ options: ChannelOptions = RetryTests.options()) async throws
    -> RPCError?
  {
    try await call(peer, options) { _ = try await $0.unary(Echo.unary, Text("x")) }
  }

  @Test func retryableStatusIsFollowedByAnotherAttemptThatSaysSo() async throws {
    let peer = ScriptedPeer(.status(14), .status(10), .message("x"))
    let error = try await unary(peer)
    #expect(error == nil)
    #expect(peer.calls.map { $0.fields["grpc-previous-rpc-attempts"] } == [nil, "1", "2"])
  }

  @Test func otherStatusIsFinal() async throws {
    let peer = ScriptedPeer(.status(3), .message("x"))
    let error = try await unary(peer)
    #expect(error?.code == .invalidArgument)
    #expect(peer.calls.count == 1)
  }

  @Test func attemptsAreBounded() async throws {
    let peer = ScriptedPeer(.status(14))
    let error = try await unary(peer)
    #expect(error?.code == .unavailable)
    #expect(peer.calls.count == 4)
  }

  @Test func answerOfAProxyThatIsNoGRPCMayBeRetried() async throws {
    let peer = ScriptedPeer(.http(503), .message("x"))
    let error = try await unary(peer)
    #expect(error == nil)
    #expect(peer.calls.count == 2)
  }

  @Test func nothingIsRetriedOnceTheServerHasBegunToAnswer() async throws {
    let peer = ScriptedPeer(.message("x", status: 14), .message("x"))
    let error = try await unary(peer)
    #expect(error?.code == .unavailable)
    #expect(peer.calls.count == 1)
  }

  @Test(arguments: ["-1", "soon", ""])
  func pushBackForbidsTheRetry(_ text: String) async throws {
    let peer = ScriptedPeer(.status(14, ["grpc-retry-pushback-ms": text]), .message("x"))
    let error = try await unary(peer)
    #expect(error?.code == .unavailable)
    #expect(peer.calls.count == 1)
  }

  @Test func pushBackSetsThePause() async throws {
    // The policy alone would wait for an hour.
    var options = Self.options()
    options.serviceConfig.methods[0].retry?.initialBackoff = .seconds(3600)
    options.serviceConfig.methods[0].retry?.maxBackoff = .seconds(3600)
    let peer = ScriptedPeer(.status(14, ["grpc-retry-pushback-ms": "1"]), .message("x"))
    let error = try await unary(peer, options)
    #expect(error == nil)
    #expect(peer.calls.count == 2)
  }

  @Test func pushBackOfOurOwnServerIsHeard() async throws {
    let runs = Counter()
    let service = EchoService(unary: { request, _ in
      runs.add(1)
      if runs.value == 1 { throw RPCError(.unavailable, "later").pushingBack(.milliseconds(1)) }
      if runs.value == 3 { throw RPCError(.unavailable, "never").pushingBack(nil) }
      return request
    })
    var options = Self.options()
    options.serviceConfig.methods[0].retry?.initialBackoff = .seconds(3600)
    options.serviceConfig.methods[0].retry?.maxBackoff = .seconds(3600)
    try await withEcho(service, options: options) { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
      #expect(runs.value == 2)
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.message == "never")
      #expect(runs.value == 3)
    }
  }

  @Test func retryThatWouldComeAfterTheDeadlineIsNotWaitedFor() async throws {
    var options = Self.options()
    options.serviceConfig.methods[0].retry?.initialBackoff = .seconds(3600)
    options.serviceConfig.methods[0].retry?.maxBackoff = .seconds(3600)
    options.serviceConfig.methods[0].timeout = .seconds(600)
    let peer = ScriptedPeer(.status(14), .message("x"))
    for streams in [false, true] {
      let error = try await call(peer, options) { channel in
        if streams {
          try await channel.serverStreaming(Echo.expand, Text("x")) { for try await _ in $0 {} }
        } else {
          _ = try await channel.unary(Echo.unary, Text("x"))
        }
      }
      #expect(error?.code == (streams ? nil : .unavailable))
    }
  }

  @Test func emptyBudgetEndsRetries() async throws {
    let peer = ScriptedPeer(.status(14))
    // Of four tokens two may be used.
    let error = try await call(
      peer, Self.options(throttling: RetryThrottling(maxTokens: 4, tokenRatio: 0.001))
    ) { channel in
      for _ in 0..<3 { _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) } }
    }
    #expect(error == nil)
    // Failures 1 and 2 leave two tokens, which is half.
    #expect(peer.calls.count == 4)
  }

  @Test func budgetOfTheChannelHoldsWithoutAServiceConfig() async throws {
    let peer = ScriptedPeer(.status(14))
    var options = ChannelOptions()
    options.retry.initialBackoff = .milliseconds(1)
    options.retry.throttling = RetryThrottling(maxTokens: 2, tokenRatio: 0.001)
    let error = try await call(peer, options) { channel in
      for _ in 0..<3 { _ = await rpcError { _ = try await channel.unary(Echo.pure, Text("x")) } }
    }
    #expect(error == nil)
    #expect(peer.calls.count == 3)
  }

  // MARK: Streaming

  @Test func streamingCallSendsEverythingAgain() async throws {
    let peer = ScriptedPeer(.statusAtEnd(14), .status(10), .echo)
    let error = try await call(peer) { channel in
      try await channel.bidirectional(Echo.chat) { writer, stream in
        for text in ["a", "b", "c"] { try await writer.write(Text(text)) }
        try await writer.finish()
        var said = ""
        for try await reply in stream { said += reply.value }
        #expect(said == "abc")
      }
    }
    #expect(error == nil)
    let all = ["a", "b", "c"].flatMap(ScriptedPeer.framed)
    #expect(peer.calls.count == 3)
    #expect(peer.calls.first?.body == all)
    #expect(peer.calls.last?.body == all)
    #expect(peer.calls.map { $0.fields["grpc-previous-rpc-attempts"] } == [nil, "1", "2"])
  }

  @Test func attemptMayFailBetweenTwoMessages() async throws {
    let peer = ScriptedPeer(.status(14), .statusAtEnd(14), .echo)
    let error = try await call(peer) { channel in
      try await channel.bidirectional(Echo.chat) { writer, stream in
        try await writer.write(Text("a"))
        await peer.wait { $0.count == 2 && $0[1].body == ScriptedPeer.framed("a") }
        try await writer.write(Text("b"))
        try await writer.finish()
        var said = ""
        for try await reply in stream { said += reply.value }
        #expect(said == "ab")
      }
    }
    #expect(error == nil)
  }

  @Test func clientStreamThatFailsForGoodTellsItsStatus() async throws {
    let peer = ScriptedPeer(.status(14))
    let error = try await call(peer) { channel in
      _ = try await channel.clientStreaming(Echo.collect) { writer in
        while true { try await writer.write(Text("x")) }
      }
    }
    #expect(error?.code == .unavailable)
    #expect(peer.calls.count == 4)
  }

  @Test func streamIsNotRetriedOnceItsServerHasBegunToAnswer() async throws {
    let peer = ScriptedPeer(.message("x", status: 14), .message("x"))
    let error = try await call(peer) { channel in
      try await channel.serverStreaming(Echo.expand, Text("x")) { for try await _ in $0 {} }
    }
    #expect(error?.code == .unavailable)
    #expect(peer.calls.count == 1)
  }

  @Test func callThatSentMoreThanIsKeptStaysWithItsAttempt() async throws {
    let peer = ScriptedPeer(.statusAtEnd(14), .echo)
    let error = try await call(peer) { channel in
      _ = try await channel.clientStreaming(Echo.collect) { writer in
        for _ in 0..<30 { try await writer.write(Text(String(repeating: "x", count: 10_000))) }
      }
    }
    #expect(error?.code == .unavailable)
    #expect(peer.calls.count == 1)
  }

  @Test func cancellationEndsThePauseBetweenAttempts() async throws {
    var options = Self.options()
    options.serviceConfig.methods[0].retry?.initialBackoff = .seconds(3600)
    options.serviceConfig.methods[0].retry?.maxBackoff = .seconds(3600)
    for streams in [false, true] {
      let peer = ScriptedPeer(.status(14))
      let error = try await call(peer, options) { channel in
        let call = Task {
          if streams {
            try await channel.serverStreaming(Echo.expand, Text("x")) { for try await _ in $0 {} }
          } else {
            _ = try await channel.unary(Echo.unary, Text("x"))
          }
        }
        await peer.wait { $0.count == 1 }
        call.cancel()
        try await call.value
      }
      #expect(error?.code == .cancelled)
      #expect(peer.calls.count == 1)
    }
  }

  @Test func refusedStreamsAreTriedAgainWhateverTheirKind() async throws {
    try await withPeer(http2: RefusingPeer()) { refusing in
      try await withServer { _, port in
        var options = ChannelOptions()
        options.retry.maxAttempts = 100
        options.retry.initialBackoff = .milliseconds(1)
        try await withChannel("ipv4:127.0.0.1:\(refusing),127.0.0.1:\(port)", options) { channel in
          for _ in 0..<20 {
            let said = try await channel.clientStreaming(Echo.collect) { writer in
              for text in ["a", "b"] { try await writer.write(Text(text)) }
            }
            #expect(said.value == "ab")
            let parts = try await channel.serverStreaming(Echo.expand, Text("ab")) { stream in
              var all: [String] = []
              for try await part in stream { all.append(part.value) }
              return all
            }
            #expect(parts == ["a", "b"])
          }
        }
      }
    }
  }
}
