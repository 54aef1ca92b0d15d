import Testing
import WeftRPC

@Suite struct CancellationTests {
  @Test func cancellingTheCallersTaskCancelsTheHandler() async throws {
    let started = AsyncStream.makeStream(of: Void.self)
    let ended = AsyncStream.makeStream(of: Bool.self)
    let service = EchoService(unary: { request, _ in
      started.continuation.yield()
      do {
        try await Task.sleep(for: .seconds(3600))
      } catch {
        ended.continuation.yield(Task.isCancelled)
      }
      return request
    })
    try await withEcho(service) { channel in
      let call = Task { try await channel.unary(Echo.unary, Text("x")) }
      var starts = started.stream.makeAsyncIterator()
      await starts.next()
      call.cancel()
      let error = await rpcError { _ = try await call.value }
      #expect(error?.code == .cancelled)
      var ends = ended.stream.makeAsyncIterator()
      #expect(await ends.next() == true)
    }
  }

  @Test func leavingAStreamEarlyCancelsTheHandler() async throws {
    let ended = AsyncStream.makeStream(of: Void.self)
    let service = EchoService(expand: { _, responses, _ in
      defer { ended.continuation.yield() }
      while true { try await responses.write(Text("again")) }
    })
    try await withEcho(service) { channel in
      try await channel.serverStreaming(Echo.expand, Text("x")) { stream in
        var replies = stream.makeAsyncIterator()
        let first = try await replies.next()
        #expect(first?.value == "again")
      }
      var ends = ended.stream.makeAsyncIterator()
      await ends.next()
    }
  }

  @Test func serverThatGoesAwayEndsItsCallsWithUnavailable() async throws {
    let started = AsyncStream.makeStream(of: Void.self)
    let service = EchoService(unary: { request, _ in
      started.continuation.yield()
      try await Task.sleep(for: .seconds(3600))
      return request
    })
    try await withServer(service) { server, port in
      let channel = Channel(target: "127.0.0.1:\(port)")
      async let error = rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      var starts = started.stream.makeAsyncIterator()
      await starts.next()
      await server.shutdown(grace: .zero)
      #expect(await error?.code == .unavailable)
      await channel.shutdown()
    }
  }
}
