import Testing
import WeftRPC

/// The cap on calls that one backend has at a time.
@Suite struct RequestLimitTests {
  private func options(_ limit: Int) -> ChannelOptions {
    var options = ChannelOptions.neverRetry
    options.serviceConfig.maxRequestsInFlight = limit
    return options
  }

  /// Its `pure` method ends when the test says so; `unary` at once.
  private func held(_ name: String, _ started: Counter, until end: AsyncStream<Void>) -> EchoService {
    EchoService(
      unary: { _, _ in Text(name) },
      pure: { request, _ in
        started.add(1)
        for await _ in end {}
        return request
      })
  }

  @Test func callOverTheCapFailsAtOnceAndAWaitingOneIsServedLater() async throws {
    let started = Counter()
    let end = AsyncStream.makeStream(of: Void.self)
    try await withEcho(held("a", started, until: end.stream), options: options(1)) { channel in
      let first = Task { try await channel.unary(Echo.pure, Text("x")) }
      while started.value < 1 { await Task.yield() }
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("1 calls run on it") == true)
      let waiting = Task {
        try await channel.unary(Echo.unary, Text("x"), options: CallOptions(waitForReady: true))
      }
      await Task.yield()
      end.continuation.finish()
      _ = try await first.value
      let reply = try await waiting.value
      #expect(reply.value == "a")
    }
  }

  @Test func callsOverTheCapGoElsewhere() async throws {
    let started = Counter()
    let end = AsyncStream.makeStream(of: Void.self)
    try await withServer(held("busy", started, until: end.stream)) { _, busy in
      try await withServer(named("free")) { _, free in
        let target = "ipv4:127.0.0.1:\(busy),127.0.0.1:\(free)"
        try await withChannel(target, options(2)) { channel in
          let answered = Counter()
          var calls: [Task<Void, any Error>] = []
          while started.value < 2 {
            for _ in 0..<4 {
              calls.append(
                Task {
                  _ = try await channel.unary(
                    Echo.pure, Text("x"), options: CallOptions(waitForReady: true))
                  answered.add(1)
                })
            }
            while answered.value + started.value < calls.count { await Task.yield() }
          }
          for _ in 0..<20 {
            let reply = try await channel.unary(
              Echo.unary, Text("x"), options: CallOptions(waitForReady: true))
            #expect(reply.value == "free")
          }
          #expect(started.value == 2)
          end.continuation.finish()
          for call in calls { try await call.value }
        }
      }
    }
  }
}
