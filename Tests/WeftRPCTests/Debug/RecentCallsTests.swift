import Testing

@testable import WeftRPC

/// The lists are the process's, so each test looks for a call that only it makes.
@Suite struct RecentCallsTests {
  private func failed(_ message: String) -> RecentCalls.Entry? {
    RecentCalls.shared.failedCalls.first { $0.message == message }
  }

  @Test func aFailedCallIsKeptWithItsTrace() async throws {
    let refusing = EchoService(unary: { _, _ in throw RPCError(.notFound, "kept 1") })
    try await withEcho(refusing) { channel in
      let metadata: Metadata = ["traceparent": TracedCallTests.parent, "x-request-id": "req-1"]
      _ = await rpcError {
        _ = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(metadata: metadata))
      }
    }
    let entry = try #require(failed("kept 1"))
    #expect(entry.method == "/test.Echo/Unary")
    #expect(entry.status == .notFound)
    #expect(entry.requestID == "req-1")
    #expect(entry.trace?.traceID.description == "0af7651916cd43dd8448eb211c80319c")
    #expect(entry.peer.hasPrefix("127.0.0.1:"))
  }

  @Test func aSlowCallIsKeptAndAQuickOneIsNot() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.slowCall = .zero
    try await withEcho(configuration: configuration) { channel in
      _ = try await channel.unary(
        Echo.unary, Text("x"), options: CallOptions(metadata: ["x-request-id": "slow-1"]))
    }
    configuration.slowCall = .seconds(3_600)
    try await withEcho(configuration: configuration) { channel in
      _ = try await channel.unary(
        Echo.unary, Text("x"), options: CallOptions(metadata: ["x-request-id": "quick-1"]))
    }
    let slow = RecentCalls.shared.slowCalls
    #expect(slow.contains { $0.requestID == "slow-1" && $0.status == .ok })
    #expect(!slow.contains { $0.requestID == "quick-1" })
  }

  @Test func aStreamIsNeitherSlowNorFailedWhenItsCallerGoes() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.slowCall = .zero
    let before = RecentCalls.shared.slowCalls.count { $0.method == "/test.Echo/Chat" }
    try await withEcho(configuration: configuration) { channel in
      try await channel.bidirectional(Echo.chat) { requests, responses in
        try await requests.write(Text("x"))
        for try await _ in responses { break }
      }
    }
    #expect(RecentCalls.shared.slowCalls.count { $0.method == "/test.Echo/Chat" } == before)
    #expect(
      !RecentCalls.shared.failedCalls.contains { $0.method == "/test.Echo/Chat" && $0.status == .cancelled })
  }

  @Test func callsOfNoKnownMethodAreCountedTogether() async throws {
    func refused() -> Int {
      MethodMetrics.server(MethodMetrics.other).snapshot().started
    }
    let before = refused()
    try await withEcho { channel in
      let unknown = RPCMethod<Text, Text>(service: "test.Echo", name: "MadeUp", kind: .unary)
      let error = await rpcError { _ = try await channel.unary(unknown, Text("x")) }
      #expect(error?.code == .unimplemented)
    }
    #expect(refused() > before)
    #expect(!MetricsRegistry.shared.methods(.server).contains { $0.key.method == "/test.Echo/MadeUp" })
  }

  @Test func aRingKeepsTheLast() {
    var ring = Ring<Int>(capacity: 3)
    for number in 1...5 { ring.add(number) }
    #expect(ring.newestFirst == [5, 4, 3])
  }
}
