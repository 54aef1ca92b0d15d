import Testing
import WeftRPC

/// What a circuit breaker does to a channel's calls.
@Suite struct CircuitBreakerTests {
  private func options(_ breaker: CircuitBreakerPolicy) -> ChannelOptions {
    var options = ChannelOptions.neverRetry
    options.serviceConfig.circuitBreaker = breaker
    return options
  }

  /// Fails a number of times, then serves.
  private func failing(_ times: Int, _ runs: Counter, _ code: StatusCode = .unavailable) -> EchoService {
    EchoService(unary: { request, _ in
      runs.add(1)
      if runs.value <= times { throw RPCError(code, "on fire") }
      return request
    })
  }

  @Test func openBreakerSparesTheBackendAndSaysWhy() async throws {
    let runs = Counter()
    let breaker = CircuitBreakerPolicy(failures: 3, openDuration: .seconds(3600))
    try await withEcho(failing(100, runs), options: options(breaker)) { channel in
      for _ in 0..<3 { _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) } }
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("3 failures in a row") == true)
      #expect(error?.message.contains("on fire") == true)
      #expect(error?.message.contains("127.0.0.1") == true)
      #expect(runs.value == 3)
    }
  }

  @Test func refusedCallIsNotRetried() async throws {
    let runs = Counter()
    let service = EchoService(pure: { _, _ in
      runs.add(1)
      throw RPCError(.unavailable, "on fire")
    })
    var options = ChannelOptions()
    options.retry.initialBackoff = .milliseconds(1)
    // The first retry comes at once, a second would after an hour.
    options.retry.backoffMultiplier = 1e9
    options.retry.maxBackoff = .seconds(3600)
    options.serviceConfig.circuitBreaker = CircuitBreakerPolicy(failures: 1, openDuration: .seconds(3600))
    try await withEcho(service, options: options) { channel in
      let first = await rpcError { _ = try await channel.unary(Echo.pure, Text("x")) }
      #expect(first?.message.contains("circuit breaker") == true)
      #expect(runs.value == 1)
    }
  }

  @Test func answersThatAreNoFailuresOfTheBackendKeepItClosed() async throws {
    let runs = Counter()
    let breaker = CircuitBreakerPolicy(failures: 1, openDuration: .seconds(3600))
    try await withEcho(failing(5, runs, .notFound), options: options(breaker)) { channel in
      for _ in 0..<5 { _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) } }
      let reply = try await channel.unary(Echo.unary, Text("x")).value
      #expect(reply == "x")
    }
  }

  @Test func pickFirstLeavesABackendWhoseBreakerIsOpen() async throws {
    let runs = Counter()
    try await withServer(failing(100, runs)) { _, bad in
      try await withServer(named("good")) { _, good in
        let resolver = ManualResolver()
        var options = options(CircuitBreakerPolicy(failures: 2, openDuration: .seconds(3600)))
        options.loadBalancing = .pickFirst()
        options.resolvers["test"] = resolver
        try await withChannel("test:///x", options) { channel in
          resolver.send([Endpoint(host: "127.0.0.1", port: bad)])
          for _ in 0..<2 { _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) } }
          #expect(runs.value == 2)
          resolver.send([bad, good].map { Endpoint(host: "127.0.0.1", port: $0) })
          for _ in 0..<20 {
            let reply = try await channel.unary(
              Echo.unary, Text("x"), options: CallOptions(waitForReady: true))
            #expect(reply.value == "good")
          }
          #expect(runs.value == 2)
        }
      }
    }
  }

  @Test func pickFirstSaysWhyNoBackendIsLeft() async throws {
    try await withServer(failing(1, Counter())) { _, first in
      let dead = try await deadPort()
      var options = options(CircuitBreakerPolicy(failures: 1, openDuration: .seconds(3600)))
      options.loadBalancing = .pickFirst()
      try await withChannel("ipv4:127.0.0.1:\(first),127.0.0.1:\(dead)", options) { channel in
        let failed = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(failed?.message == "on fire")
        let refused = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(refused?.code == .unavailable)
        #expect(refused?.message.contains("circuit breaker") == true)
        #expect(refused?.message.contains("127.0.0.1:\(dead)") == true)
      }
    }
  }

  @Test func pickFirstComesBackToABackendWhosePauseIsOver() async throws {
    try await withServer(failing(1, Counter())) { _, port in
      var options = options(CircuitBreakerPolicy(failures: 1, openDuration: .milliseconds(20)))
      options.loadBalancing = .pickFirst()
      try await withChannel("ipv4:127.0.0.1:\(port)", options) { channel in
        _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        let reply = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(waitForReady: true))
        #expect(reply.value == "x")
      }
    }
  }

  @Test func backendThatIsConnectedAnewIsTriedAtOnce() async throws {
    let runs = Counter()
    try await withServer(failing(1, runs)) { _, port in
      let wire = try await Wire.start(to: port)
      let options = options(CircuitBreakerPolicy(failures: 1, openDuration: .seconds(3600)))
      try await withChannel("ipv4:127.0.0.1:\(wire.port)", options) { channel in
        _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        let refused = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(refused?.message.contains("circuit breaker") == true)
        wire.cutConnections()
        let reply = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(waitForReady: true))
        #expect(reply.value == "x")
        #expect(runs.value == 2)
      }
      await wire.cut()
    }
  }

  @Test func callsGoToTheOtherBackendMeanwhile() async throws {
    let runs = Counter()
    try await withServer(failing(100, runs)) { _, bad in
      try await withServer(named("good")) { _, good in
        let breaker = CircuitBreakerPolicy(failures: 2, openDuration: .seconds(3600))
        let target = "ipv4:127.0.0.1:\(bad),127.0.0.1:\(good)"
        try await withChannel(target, options(breaker)) { channel in
          while runs.value < 2 { _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) } }
          for _ in 0..<20 {
            // The good one may be the slower one to connect to.
            let reply = try await channel.unary(
              Echo.unary, Text("x"), options: CallOptions(waitForReady: true))
            #expect(reply.value == "good")
          }
          #expect(runs.value == 2)
        }
      }
    }
  }

  @Test func waitingCallIsTheTrialThatClosesIt() async throws {
    let runs = Counter()
    let breaker = CircuitBreakerPolicy(failures: 2, openDuration: .milliseconds(20))
    try await withEcho(failing(2, runs), options: options(breaker)) { channel in
      for _ in 0..<2 { _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) } }
      let waiting = (0..<5).map { number in
        Task {
          try await channel.unary(Echo.unary, Text("\(number)"), options: CallOptions(waitForReady: true))
            .value
        }
      }
      for (number, call) in waiting.enumerated() {
        let reply = try await call.value
        #expect(reply == "\(number)")
      }
    }
  }
}
