import Testing
import WeftProtobuf
import WeftRPC

@Suite struct StatusTests {
  @Test(arguments: StatusCode.allCases.filter { $0 != .ok })
  func statusAndMessageReachTheCaller(code: StatusCode) async throws {
    let service = EchoService(unary: { _, _ in throw RPCError(code, "weil: 50 % \n 因为") })
    let error = await rpcError {
      try await withEcho(service, options: .neverRetry) { _ = try await $0.unary(Echo.unary, Text("x")) }
    }
    #expect(error?.code == code)
    #expect(error?.message == "weil: 50 % \n 因为")
  }

  @Test func detailsAreTypedOnBothSides() async throws {
    let violation = Google_Rpc_BadRequest.FieldViolation.with {
      $0.field = "config.max_pages"
      $0.description_ = "is negative"
    }
    let bad = Google_Rpc_BadRequest.with { $0.fieldViolations = [violation] }
    let service = EchoService(unary: { _, _ in throw RPCError(.invalidArgument, "no", details: [bad]) })
    let error = await rpcError {
      try await withEcho(service) { _ = try await $0.unary(Echo.unary, Text("x")) }
    }
    #expect(error?.details(of: Google_Rpc_BadRequest.self) == [bad])
    #expect(error?.details(of: Google_Rpc_RetryInfo.self).isEmpty == true)
  }

  @Test func textOfAnUnknownErrorStaysInside() async throws {
    struct Secret: Error {}
    let service = EchoService(unary: { _, _ in throw Secret() })
    let error = await rpcError {
      try await withEcho(service) { _ = try await $0.unary(Echo.unary, Text("x")) }
    }
    #expect(error?.code == .unknown)
    #expect(error?.message.contains("Secret") == false)
  }

  @Test func unknownMethodIsUnimplemented() async throws {
    let missing = RPCMethod<Text, Text>(service: "test.Echo", name: "Missing", kind: .unary)
    let error = await rpcError { try await withEcho { _ = try await $0.unary(missing, Text("x")) } }
    #expect(error?.code == .unimplemented)
    #expect(error?.message.contains("/test.Echo/Missing") == true)
  }

  @Test func streamThatFailsHalfwayGivesItsMessagesThenTheStatus() async throws {
    let service = EchoService(expand: { _, responses, _ in
      try await responses.write(Text("one"))
      throw RPCError(.dataLoss, "lost")
    })
    try await withEcho(service) { channel in
      try await channel.serverStreaming(Echo.expand, Text("x")) { stream in
        var replies = stream.makeAsyncIterator()
        let value = try await replies.next()?.value
        #expect(value == "one")
        let error = await rpcError { _ = try await replies.next() }
        #expect(error?.code == .dataLoss)
      }
    }
  }

  @Test func earlyStatusEndsAClientStream() async throws {
    let service = EchoService(collect: { _, _ in throw RPCError(.permissionDenied, "enough") })
    let error = await rpcError {
      try await withEcho(service) { channel in
        _ = try await channel.clientStreaming(Echo.collect) { writer in
          while true { try await writer.write(Text(String(repeating: "x", count: 1000))) }
        }
      }
    }
    #expect(error?.code == .permissionDenied)
  }

  @Test func statusReachesACallerThatWritesWithoutReading() async throws {
    let service = EchoService(chat: { _, _, _ in throw RPCError(.failedPrecondition, "closed") })
    let error = await rpcError {
      try await withEcho(service) { channel in
        try await channel.bidirectional(Echo.chat) { requests, _ in
          while true { try await requests.write(Text("x")) }
        }
      }
    }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message == "closed")
  }

  /// The server may answer, and end the call, before the writer of the message is told that it was taken.
  @Test func answerToTheOnlyMessageIsNoEarlyEnd() async throws {
    let service = EchoService(chat: { requests, responses, _ in
      for try await request in requests { return try await responses.write(request) }
    })
    try await withEcho(service) { channel in
      for _ in 0..<2000 {
        let replies = try await channel.bidirectional(Echo.chat) { requests, responses in
          try await requests.write(Text("x"))
          return try await responses.reduce(into: []) { $0.append($1.value) }
        }
        #expect(replies == ["x"])
      }
    }
  }
}

extension ChannelOptions {
  static var neverRetry: ChannelOptions {
    var options = ChannelOptions()
    options.retry.maxAttempts = 1
    return options
  }
}
