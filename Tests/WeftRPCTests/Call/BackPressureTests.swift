import NIOCore
import Testing
import WeftRPC

@Suite struct BackPressureTests {
  @Test func slowReaderHoldsTheServerAtABoundedNumberOfBytes() async throws {
    let written = Counter()
    let text = String(repeating: "x", count: 10_000)
    let service = EchoService(expand: { _, responses, _ in
      while true {
        try await responses.write(Text(text))
        written.add(text.utf8.count)
      }
    })
    try await withEcho(service) { channel in
      try await channel.serverStreaming(Echo.expand, Text("x")) { stream in
        var replies = stream.makeAsyncIterator()
        _ = try await replies.next()
        // Other calls on the same connection go on meanwhile, so the writer has had its turns.
        for _ in 0..<200 { _ = try await channel.unary(Echo.unary, Text("y")) }
        let first = written.value
        for _ in 0..<200 { _ = try await channel.unary(Echo.unary, Text("y")) }
        #expect(written.value == first)
        #expect(first < 2 << 20)
        // It goes on as soon as the reader does.
        for _ in 0..<500 { _ = try await replies.next() }
        #expect(written.value > first)
      }
    }
  }

  @Test func slowHandlerHoldsTheClientAtABoundedNumberOfBytes() async throws {
    let sent = Counter()
    let gate = AsyncStream.makeStream(of: Void.self)
    let text = String(repeating: "x", count: 10_000)
    let service = EchoService(collect: { requests, _ in
      for await _ in gate.stream { break }
      var count = 0
      for try await _ in requests { count += 1 }
      return Text("\(count)")
    })
    try await withEcho(service) { channel in
      let call = Task {
        try await channel.clientStreaming(Echo.collect) { writer in
          for _ in 0..<1000 {
            try await writer.write(Text(text))
            sent.add(text.utf8.count)
          }
        }
      }
      for _ in 0..<200 { _ = try await channel.unary(Echo.unary, Text("y")) }
      #expect(sent.value < 2 << 20)
      gate.continuation.yield()
      #expect(try await call.value.value == "1000")
    }
  }
}
