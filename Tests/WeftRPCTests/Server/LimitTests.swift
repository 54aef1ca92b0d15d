import NIOCore
import Testing
import WeftRPC

@Suite struct LimitTests {
  @Test func requestOverTheLimitIsRefusedAndTheConnectionGoesOn() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.maxRequestBytes = 1000
    try await withEcho(configuration: configuration) { channel in
      let error = await rpcError {
        _ = try await channel.unary(Echo.unary, Text(String(repeating: "x", count: 1001)))
      }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("1000") == true)
      let value = try await channel.unary(Echo.unary, Text("y")).value
      #expect(value == "y")
    }
  }

  @Test func replyOverTheLimitIsRefused() async throws {
    try await withEcho { channel in
      let error = await rpcError {
        _ = try await channel.unary(
          Echo.unary, Text(String(repeating: "x", count: 1001)), options: CallOptions(maxResponseBytes: 1000))
      }
      #expect(error?.code == .resourceExhausted)
    }
  }

  @Test func messageWithBrokenBytesIsRefused() async throws {
    try await withEcho { channel in
      let error = await rpcError {
        _ = try await channel.unary(
          Echo.unary.untyped, ByteBuffer(bytes: [0x0a, 0xff]), options: CallOptions())
      }
      #expect(error?.code == .internalError)
      #expect(error?.message.contains("google.protobuf.StringValue") == true)
    }
  }

  @Test func messagesOfCallsThatDoNotEndAreCountedAgainstTheConnection() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.maxBufferedBytesPerConnection = 1 << 20
    try await withEcho(configuration: configuration) { channel in
      let message = try Text(String(repeating: "x", count: 600_000)).serialize { ByteBuffer(bytes: $0) }
      try await channel.withCall(Echo.unary.untyped, options: CallOptions()) { first in
        try await first.send(message)
        let error = await rpcError {
          try await channel.withCall(Echo.unary.untyped, options: CallOptions()) { second in
            // Sending may be cut short by the answer, which says why.
            try? await second.send(message)
            _ = try await second.nextMessage()
          }
        }
        #expect(error?.code == .resourceExhausted)
        // What the refused call held is free again, and the first one goes on.
        try await first.finishSending()
        let reply = try await first.nextMessage()
        #expect(reply == message)
      }
    }
  }

  @Test func messagesOfCallsThatDoNotEndAreCountedOverAllConnections() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.maxBufferedBytes = 1 << 20
    try await withServer(configuration: configuration) { _, port in
      let channels = (0..<2).map { _ in Channel(target: "ipv4:127.0.0.1:\(port)") }
      let message = try Text(String(repeating: "x", count: 600_000)).serialize { ByteBuffer(bytes: $0) }
      try await channels[0].withCall(Echo.unary.untyped, options: CallOptions()) { first in
        try await first.send(message)
        let error = await rpcError {
          try await channels[1].withCall(Echo.unary.untyped, options: CallOptions()) { second in
            try? await second.send(message)
            _ = try await second.nextMessage()
          }
        }
        #expect(error?.code == .resourceExhausted)
        #expect(error?.message.contains("in this server") == true)
        // Others are served as before.
        let small = try await channels[1].unary(Echo.unary, Text("small"))
        #expect(small.value == "small")
        try await first.finishSending()
        let reply = try await first.nextMessage()
        #expect(reply == message)
      }
      for channel in channels { await channel.shutdown() }
    }
  }

  @Test func plainTextCallsAreRefusedWhereTheyAreNotAllowed() async throws {
    let error = await rpcError {
      try await withEcho(configuration: RPCServerConfiguration()) {
        _ = try await $0.unary(Echo.unary, Text("x"))
      }
    }
    #expect(error?.code == .unauthenticated)
  }
}
