import Synchronization
import Testing
import WeftRPC

/// What becomes of calls when a server dies, drains or refuses.
@Suite struct FailoverTests {
  @Test func serverThatDiesUnderLoadLosesNoIdempotentCall() async throws {
    try await withServer(named("a")) { _, first in
      try await withServer(named("b")) { _, second in
        let wire = try await Wire.start(to: first)
        let answered = Counter()
        try await withChannel("ipv4:127.0.0.1:\(wire.port),127.0.0.1:\(second)") { channel in
          try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
              group.addTask {
                for _ in 0..<150 {
                  _ = try await channel.unary(Echo.pure, Text("x"))
                  answered.add(1)
                  if answered.value == 400 { await wire.cut() }
                }
              }
            }
            try await group.waitForAll()
          }
        }
        #expect(answered.value == 1200)
      }
    }
  }

  /// Cuts the wire under a call's first run, which never ends by itself.
  ///
  /// - Returns: how the call ended, and how often it ran.
  private func cutWhileItRuns(_ method: RPCMethod<Text, Text>) async throws -> (RPCError?, runs: Int) {
    let runs = Counter()
    let started = AsyncStream.makeStream(of: Void.self)
    let work: @Sendable (Text, ServerContext) async throws -> Text = { request, _ in
      runs.add(1)
      if runs.value > 1 { return request }
      started.continuation.yield()
      try await Task.sleep(for: .seconds(3600))
      return request
    }
    return try await withServer(EchoService(unary: work, pure: work)) { _, port in
      let wire = try await Wire.start(to: port)
      let other = try await Wire.start(to: port)
      var options = ChannelOptions(loadBalancing: .pickFirst())
      options.backoff.initial = .milliseconds(5)
      let target = "ipv4:127.0.0.1:\(wire.port),127.0.0.1:\(other.port)"
      let error = try await withChannel(target, options) { channel in
        // The second wire may still be in the making when it is cut: the call is to outlast that.
        let call = Task {
          try await channel.unary(method, Text("x"), options: CallOptions(waitForReady: true))
        }
        for await _ in started.stream { break }
        // Whichever of the two was connected first has the call.
        await wire.cut()
        other.cutConnections()
        return await rpcError { _ = try await call.value }
      }
      await other.cut()
      return (error, runs.value)
    }
  }

  @Test func callThatMayHaveBeenProcessedIsNotRepeated() async throws {
    let (error, runs) = try await cutWhileItRuns(Echo.unary)
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("127.0.0.1") == true)
    #expect(runs == 1)
  }

  @Test func callThatMayBeRepeatedIs() async throws {
    let (error, runs) = try await cutWhileItRuns(Echo.pure)
    #expect(error == nil)
    #expect(runs >= 2)
  }

  @Test func refusedStreamIsTriedElsewhereWhateverTheMethod() async throws {
    try await withPeer(http2: RefusingPeer()) { refusing in
      try await withServer { _, port in
        // The one that answers may be the slower one to connect to.
        var options = ChannelOptions()
        options.retry.maxAttempts = 100
        try await withChannel("ipv4:127.0.0.1:\(refusing),127.0.0.1:\(port)", options) { channel in
          for number in 0..<50 {
            let said = try await channel.unary(Echo.unary, Text("\(number)")).value
            #expect(said == "\(number)")
          }
        }
      }
    }
  }

  @Test func callThatEveryServerRefusesIsUnavailable() async throws {
    try await withPeer(http2: RefusingPeer()) { port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("127.0.0.1:\(port)") == true)
      }
    }
  }

  @Test func serverThatDrainsUnderLoadLosesNoCall() async throws {
    try await withServer(named("b")) { _, second in
      let first = RPCServer(configuration: .plain, services: [named("a")])
      let port = try #require(try await first.start().port)
      let answered = Counter()
      try await withChannel("ipv4:127.0.0.1:\(port),127.0.0.1:\(second)") { channel in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<8 {
            group.addTask {
              for _ in 0..<100 {
                _ = try await channel.unary(Echo.unary, Text("x"))
                answered.add(1)
                if answered.value == 300 { await first.shutdown(grace: .seconds(600)) }
              }
            }
          }
          try await group.waitForAll()
        }
      }
      await first.shutdown(grace: .zero)
      #expect(answered.value == 800)
    }
  }

  @Test func streamThatRunsWhileItsServerDrainsIsFinished() async throws {
    let server = RPCServer(configuration: .plain, services: [EchoService()])
    let port = try #require(try await server.start().port)
    try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
      try await channel.bidirectional(Echo.chat) { writer, stream in
        var replies = stream.makeAsyncIterator()
        try await writer.write(Text("before"))
        let first = try await replies.next()
        #expect(first?.value == "before")
        let drained = Task { await server.shutdown(grace: .seconds(600)) }
        for number in 0..<20 {
          try await writer.write(Text("\(number)"))
          let reply = try await replies.next()
          #expect(reply?.value == "\(number)")
        }
        try await writer.finish()
        let last = try await replies.next()
        #expect(last == nil)
        await drained.value
      }
    }
  }
}
