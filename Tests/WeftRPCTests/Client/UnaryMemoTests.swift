import Testing
import WeftRPC

/// A connection remembers what replies usually look like. Those that differ are still read.
@Suite struct UnaryMemoTests {
  private static func reply(_ request: Text, _ context: ServerContext) throws -> Text {
    if request.value == "fail" { throw RPCError(.notFound, "no such thing", metadata: ["why": "test"]) }
    if request.value == "metadata" { context.addTrailer("word", for: "last") }
    return request
  }

  @Test func repliesThatDifferFromTheOneBeforeAreReadAfresh() async throws {
    let service = EchoService(unary: { request, context in try Self.reply(request, context) })
    try await withEcho(service) { channel in
      for _ in 0..<3 {
        let plain = try await channel.unary(Echo.unary, Text("a"))
        #expect(plain.value == "a")
        let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("fail")) }
        #expect(error?.code == .notFound)
        #expect(error?.message == "no such thing")
        let more = try await channel.unary(Echo.unary, Text("metadata"))
        #expect(more.value == "metadata")
      }
    }
  }

  @Test func callsOfOneMethodDifferInWhatTheySendBesides() async throws {
    let service = EchoService(unary: { _, context in
      Text("\(context.metadata["mark"] ?? "none") \(context.deadline != nil)")
    })
    try await withEcho(service) { channel in
      for mark in ["1", "2"] {
        let options = CallOptions(timeout: .seconds(60), metadata: ["mark": mark])
        let marked = try await channel.unary(Echo.unary, Text("x"), options: options)
        #expect(marked.value == "\(mark) true")
        let bare = try await channel.unary(Echo.unary, Text("x"))
        #expect(bare.value == "none false")
      }
    }
  }
}
