import Testing
import WeftHTTP2

@testable import WeftRPC

/// Calls that a server certainly did not process are made again, whatever their kind and their method.
@Suite struct TransparentRetryTests {
  private static func makeEveryKind(_ channel: Channel) async throws {
    let said = try await channel.unary(Echo.unary, Text("x")).value
    #expect(said == "x")
    let parts = try await channel.serverStreaming(Echo.expand, Text("ab")) { stream in
      var all = ""
      for try await part in stream { all += part.value }
      return all
    }
    #expect(parts == "ab")
    let collected = try await channel.clientStreaming(Echo.collect) { writer in
      for part in ["a", "b", "c"] { try await writer.write(Text(part)) }
    }
    #expect(collected.value == "abc")
    try await channel.bidirectional(Echo.chat) { writer, stream in
      var replies = stream.makeAsyncIterator()
      for part in ["d", "e"] {
        try await writer.write(Text(part))
        let reply = try await replies.next()
        #expect(reply?.value == part)
      }
      try await writer.finish()
      let end = try await replies.next()
      #expect(end == nil)
    }
  }

  @Test func everyKindIsTriedElsewhereWhenItIsRefused() async throws {
    try await withPeer(http2: RefusingPeer()) { refusing in
      try await withServer { _, port in
        var options = ChannelOptions(loadBalancing: .roundRobin)
        // The one that answers may be the slower one to connect to.
        options.retry.maxAttempts = 100
        try await withChannel("ipv4:127.0.0.1:\(refusing),127.0.0.1:\(port)", options) { channel in
          for _ in 0..<10 { try await Self.makeEveryKind(channel) }
        }
      }
    }
  }

  @Test func serversThatGoOneAfterAnotherLoseNoCallOfAnyKind() async throws {
    let resolver = ManualResolver()
    var options = ChannelOptions(resolvers: ["test": resolver])
    options.backoff.initial = .milliseconds(5)
    options.retry.maxAttempts = 10
    var server = RPCServer(configuration: .plain, services: [EchoService()])
    var port = try #require(try await server.start().port)
    resolver.send([Endpoint(host: "127.0.0.1", port: port)])
    let stop = Counter()
    let done = Counter()
    try await withChannel("test:///x", options) { channel in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 {
          group.addTask {
            while stop.value == 0 {
              try await Self.makeEveryKind(channel)
              done.add(1)
            }
          }
        }
        for _ in 0..<5 {
          let rounds = done.value
          while done.value < rounds + 6 { try await Task.sleep(for: .milliseconds(1)) }
          let next = RPCServer(configuration: .plain, services: [EchoService()])
          port = try #require(try await next.start().port)
          // The old one says GOAWAY while calls are on their way to it.
          let old = server
          async let gone: Void = old.shutdown(grace: .seconds(600))
          resolver.send([Endpoint(host: "127.0.0.1", port: port)])
          await gone
          server = next
        }
        stop.add(1)
        try await group.waitForAll()
      }
    }
    await server.shutdown(grace: .zero)
  }

  @Test func callThatIsRefusedEverywhereTellsWhereAndHowOften() async throws {
    try await withPeer(http2: RefusingPeer()) { port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        for kind in [Echo.unary, Echo.collect] {
          let error = await rpcError {
            if kind.kind == .unary {
              _ = try await channel.unary(kind, Text("x"))
            } else {
              _ = try await channel.clientStreaming(kind) { try await $0.write(Text("x")) }
            }
          }
          #expect(error?.code == .unavailable)
          #expect(error?.message.contains("127.0.0.1:\(port)") == true)
          #expect(error?.message.contains("REFUSED_STREAM") == true)
          #expect(error?.message.contains("attempt 4") == true)
        }
      }
    }
  }
}
