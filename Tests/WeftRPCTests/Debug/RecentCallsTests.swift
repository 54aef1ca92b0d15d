import Testing

@testable import WeftRPC

@Suite struct RecentCallsTests {
  private let recent = RecentCalls()

  /// A server's that keeps its calls in this test's own list.
  private func configuration(slowCall: Duration = .seconds(3_600)) -> RPCServerConfiguration {
    var configuration = RPCServerConfiguration.plain
    configuration.recentCalls = recent
    configuration.slowCall = slowCall
    return configuration
  }

  @Test func aFailedCallIsKeptWithItsTrace() async throws {
    let refusing = EchoService(unary: { _, _ in throw RPCError(.notFound, "no such thing") })
    try await withEcho(refusing, configuration: configuration()) { channel in
      let metadata: Metadata = ["traceparent": TracedCallTests.parent, "x-request-id": "req-1"]
      _ = await rpcError {
        _ = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(metadata: metadata))
      }
    }
    #expect(recent.slowCalls.isEmpty)
    let entry = try #require(recent.failedCalls.first)
    #expect(entry.message == "no such thing")
    #expect(entry.method == "/test.Echo/Unary")
    #expect(entry.status == .notFound)
    #expect(entry.requestID == "req-1")
    #expect(entry.trace?.traceID.description == "0af7651916cd43dd8448eb211c80319c")
    #expect(entry.peer.hasPrefix("127.0.0.1:"))
  }

  @Test func aSlowCallIsKeptAndAQuickOneIsNot() async throws {
    for (slowCall, id) in [(Duration.zero, "slow"), (.seconds(3_600), "quick")] {
      try await withEcho(configuration: configuration(slowCall: slowCall)) { channel in
        let options = CallOptions(metadata: ["x-request-id": id])
        _ = try await channel.unary(Echo.unary, Text("x"), options: options)
      }
    }
    #expect(recent.slowCalls.map(\.requestID) == ["slow"])
    #expect(recent.slowCalls.first?.status == .ok)
    #expect(recent.failedCalls.isEmpty)
  }

  @Test func aStreamIsNeitherSlowNorFailedWhenItsCallerGoes() async throws {
    try await withEcho(configuration: configuration(slowCall: .zero)) { channel in
      try await channel.bidirectional(Echo.chat) { requests, responses in
        try await requests.write(Text("x"))
        for try await _ in responses { break }
      }
    }
    #expect(recent.slowCalls.isEmpty)
    #expect(recent.failedCalls.isEmpty)
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
