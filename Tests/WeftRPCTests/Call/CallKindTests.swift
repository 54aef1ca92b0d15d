import NIOCore
import Testing
import WeftRPC

@Suite struct CallKindTests {
  @Test func unaryCallAnswers() async throws {
    try await withEcho { channel in
      let reply = try await channel.unary(Echo.unary, Text("héllo 你好"))
      #expect(reply.value == "héllo 你好")
    }
  }

  @Test func emptyMessageIsAMessage() async throws {
    try await withEcho { channel in
      let reply = try await channel.unary(Echo.unary, Text("")).value
      #expect(reply == "")
    }
  }

  @Test func manyUnaryCallsShareOneConnection() async throws {
    try await withEcho { channel in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<500 {
          group.addTask { try await channel.unary(Echo.unary, Text("\(number)")).value == "\(number)" }
        }
        for try await isRight in group { #expect(isRight == true) }
      }
    }
  }

  @Test func serverStreamKeepsOrderAndEnds() async throws {
    try await withEcho { channel in
      let all = try await channel.serverStreaming(Echo.expand, Text("abcdef")) { stream in
        var all: [String] = []
        for try await part in stream { all.append(part.value) }
        return all
      }
      #expect(all == ["a", "b", "c", "d", "e", "f"])
    }
  }

  @Test func clientStreamIsCollected() async throws {
    try await withEcho { channel in
      let reply = try await channel.clientStreaming(Echo.collect) { writer in
        for part in ["a", "b", "c"] { try await writer.write(Text(part)) }
      }
      #expect(reply.value == "abc")
    }
  }

  @Test func clientStreamMayBeEmpty() async throws {
    try await withEcho { channel in
      let reply = try await channel.clientStreaming(Echo.collect) { _ in }.value
      #expect(reply == "")
    }
  }

  @Test func bidirectionalStreamAnswersBeforeTheClientEnds() async throws {
    try await withEcho { channel in
      try await channel.bidirectional(Echo.chat) { writer, responses in
        var replies = responses.makeAsyncIterator()
        for number in 0..<20 {
          try await writer.write(Text("\(number)"))
          #expect(try await replies.next()?.value == "\(number)")
        }
        try await writer.finish()
        #expect(try await replies.next() == nil)
      }
    }
  }

  @Test(arguments: [1, 16_384, 65_536, 300_001, 3_000_000])
  func messageOfAnySizeComesBackWhole(size: Int) async throws {
    let text = String(repeating: "x", count: size)
    try await withEcho { channel in
      let reply = try await channel.unary(Echo.unary, Text(text)).value
      #expect(reply == text)
    }
  }

  @Test func largeMessagesOnManyStreamsComeBackWhole() async throws {
    let text = String(repeating: "0123456789", count: 40_000)
    try await withEcho { channel in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<20 { group.addTask { try await channel.unary(Echo.unary, Text(text)).value == text } }
        for try await isRight in group { #expect(isRight == true) }
      }
    }
  }
}
