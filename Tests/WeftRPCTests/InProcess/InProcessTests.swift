import NIOPosix
import Testing
import WeftHTTP2

@testable import WeftRPC

/// Client and server in one process, with nothing between them.
@Suite struct InProcessTests {
  private func withInProcess<Result>(
    _ service: EchoService = EchoService(),
    _ configuration: RPCServerConfiguration = RPCServerConfiguration(),
    _ options: ChannelOptions = ChannelOptions(), _ body: (Channel, RPCServer) async throws -> Result
  ) async throws -> Result {
    // Never started: nothing listens.
    let server = RPCServer(configuration: configuration, services: [service])
    let result = try await withChannel(server.inProcessTarget, options) { try await body($0, server) }
    await server.shutdown(grace: .zero)
    return result
  }

  @Test func everyKindOfCallIsServed() async throws {
    try await withInProcess { channel, server in
      let said = try await channel.unary(Echo.unary, Text("x")).value
      #expect(said == "x")
      let parts = try await channel.serverStreaming(Echo.expand, Text("abc")) { stream in
        var all: [String] = []
        for try await part in stream { all.append(part.value) }
        return all
      }
      #expect(parts == ["a", "b", "c"])
      let collected = try await channel.clientStreaming(Echo.collect) { writer in
        for part in ["a", "b"] { try await writer.write(Text(part)) }
      }
      #expect(collected.value == "ab")
      try await channel.bidirectional(Echo.chat) { writer, stream in
        var replies = stream.makeAsyncIterator()
        for number in 0..<10 {
          try await writer.write(Text("\(number)"))
          let reply = try await replies.next()
          #expect(reply?.value == "\(number)")
        }
        try await writer.finish()
        let end = try await replies.next()
        #expect(end == nil)
      }
      #expect(server.connectionCount == 1)
    }
  }

  @Test func largeMessagesPassBothWays() async throws {
    var options = ChannelOptions()
    options.http.streamWindow = 64 << 10
    try await withInProcess(EchoService(), RPCServerConfiguration(), options) { channel, _ in
      let text = String(repeating: "weft", count: 900_000)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 { group.addTask { try await channel.unary(Echo.unary, Text(text)).value == text } }
        for try await isSame in group { #expect(isSame) }
      }
    }
  }

  @Test func peerIsKnownToBeInProcess() async throws {
    let service = EchoService(unary: { _, context in
      Text("\(context.peer.isInProcess) \(context.peer.remoteAddress)")
    })
    try await withInProcess(service) { channel, _ in
      let said = try await channel.unary(Echo.unary, Text("")).value
      #expect(said == "true in-process")
    }
  }

  @Test func cancellationReachesTheHandler() async throws {
    let begun = AsyncStream.makeStream(of: Void.self)
    let cancelled = AsyncStream.makeStream(of: Void.self)
    let service = EchoService(unary: { request, _ in
      begun.continuation.yield()
      do { try await Task.sleep(for: .seconds(3600)) } catch { cancelled.continuation.yield() }
      return request
    })
    try await withInProcess(service) { channel, _ in
      let call = Task { try await channel.unary(Echo.unary, Text("x")) }
      for await _ in begun.stream { break }
      call.cancel()
      for await _ in cancelled.stream { break }
      let error = await rpcError { _ = try await call.value }
      #expect(error?.code == .cancelled)
    }
  }

  @Test func deadlineEndsACall() async throws {
    let service = EchoService(unary: { request, _ in
      try await Task.sleep(for: .seconds(3600))
      return request
    })
    try await withInProcess(service) { channel, _ in
      let error = await rpcError {
        _ = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(timeout: .milliseconds(20)))
      }
      #expect(error?.code == .deadlineExceeded)
    }
  }

  @Test func serverThatWasShutDownIsUnavailable() async throws {
    let server = RPCServer(configuration: RPCServerConfiguration(), services: [EchoService()])
    let channel = Channel(inProcess: server)
    _ = try await channel.unary(Echo.unary, Text("x"))
    await server.shutdown(grace: .zero)
    let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
    #expect(error?.code == .unavailable)
    await channel.shutdown()
  }

  @Test func serverThatIsGoneIsUnavailable() async throws {
    let target: String
    do {
      let server = RPCServer(configuration: RPCServerConfiguration(), services: [EchoService()])
      target = server.inProcessTarget
      await server.shutdown(grace: .zero)
    }
    for target in [target, "inproc:nobody"] {
      try await withChannel(target) { channel in
        let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains(target) == true)
      }
    }
  }

  @Test func connectionsAreClosedWithTheChannel() async throws {
    let server = RPCServer(configuration: RPCServerConfiguration(), services: [EchoService()])
    try await withChannel(server.inProcessTarget) { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
      #expect(server.connectionCount == 1)
    }
    while server.connectionCount > 0 { try await Task.sleep(for: .milliseconds(1)) }
    await server.shutdown(grace: .zero)
  }
}
