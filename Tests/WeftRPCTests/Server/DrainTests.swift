import Testing
import WeftRPC

@Suite struct DrainTests {
  @Test func aCallThatDoesNotFinishInTimeIsCancelledAndTheDrainEnds() async throws {
    let started = AsyncStream.makeStream(of: Void.self)
    let cancelled = AsyncStream.makeStream(of: Void.self)
    let service = EchoService(unary: { request, _ in
      started.continuation.yield()
      try? await Task.sleep(for: .seconds(3600))
      if Task.isCancelled { cancelled.continuation.yield() }
      return request
    })
    let server = RPCServer(configuration: .plain, services: [service])
    let port = try #require(try await server.start().port)
    try await withChannel("127.0.0.1:\(port)", .neverRetry) { channel in
      async let failure = rpcError { _ = try await channel.unary(Echo.unary, Text("endless")) }
      for await _ in started.stream { break }
      await server.shutdown(grace: .milliseconds(20))
      for await _ in cancelled.stream { break }
      let error = await failure
      #expect(error?.code == .unavailable)
    }
  }

  @Test func callsThatRunFinishAndNewOnesGoElsewhere() async throws {
    let started = AsyncStream.makeStream(of: Void.self)
    let gate = AsyncStream.makeStream(of: Void.self)
    let service = EchoService(unary: { request, _ in
      started.continuation.yield()
      for await _ in gate.stream { break }
      return request
    })
    let server = RPCServer(configuration: .plain, services: [service])
    let port = try #require(try await server.start().port)
    let channel = Channel(target: "127.0.0.1:\(port)", options: .neverRetry)
    async let slow = channel.unary(Echo.unary, Text("slow"))
    var starts = started.stream.makeAsyncIterator()
    await starts.next()
    async let drained: Void = server.shutdown(grace: .seconds(600))
    // The port is closed at once; a new connection is refused.
    let late = Channel(target: "127.0.0.1:\(port)", options: .neverRetry)
    var refused: RPCError?
    repeat {
      refused = await rpcError { _ = try await late.unary(Echo.pure, Text("late")) }
    } while refused == nil
    #expect(refused?.code == .unavailable)
    gate.continuation.yield()
    let reply = try await slow
    #expect(reply.value == "slow")
    await drained
    await late.shutdown()
    await channel.shutdown()
  }
}
