import Testing

@testable import WeftRPC

@Suite struct MetadataTests {
  @Test func entriesTravelBothWays() async throws {
    let service = EchoService(unary: { request, context in
      context.addInitialMetadata("initial", for: "x-initial")
      context.addTrailer(context.metadata.values(for: "x-many").joined(separator: "|"), for: "x-trailing")
      return request
    })
    try await withEcho(service) { channel in
      var options = CallOptions()
      options.metadata.add("one", for: "x-many")
      options.metadata.add("two", for: "X-Many")
      let reply = try await channel.unary(Echo.unary.untyped, Text("x").unframed(), options: options)
      #expect(reply.metadata["x-initial"] == "initial")
      #expect(reply.trailers["x-trailing"] == "one|two")
    }
  }

  @Test func binaryEntriesKeepEveryByte() async throws {
    let bytes = (0...255).map { UInt8($0) }
    let service = EchoService(unary: { request, context in
      #expect(context.metadata.binaryValues(for: "data-bin") == [bytes])
      return request
    })
    try await withEcho(service) { channel in
      var options = CallOptions()
      options.metadata.addBinary(bytes, for: "data-bin")
      _ = try await channel.unary(Echo.unary, Text("x"), options: options)
    }
  }

  @Test func handlersAnswerWithBytesToo() async throws {
    let (first, second) = ([0, 1, 2, 255] as [UInt8], [] as [UInt8])
    let service = EchoService(unary: { request, context in
      context.addInitialMetadata(first, for: "head-bin")
      context.addTrailer(first, for: "tail-bin")
      context.addTrailer(second, for: "tail-bin")
      context.addTrailer(first, for: "not-binary")
      return request
    })
    try await withEcho(service) { channel in
      let reply = try await channel.unary(Echo.unary.untyped, Text("x").unframed(), options: CallOptions())
      #expect(reply.metadata.binaryValues(for: "head-bin") == [first])
      #expect(reply.trailers.binaryValues(for: "tail-bin").first == first)
      #expect(reply.trailers["not-binary"] == nil)
    }
  }

  /// gRPC's other implementations send base64 without padding, and may join values with commas.
  @Test func bytesAreReadHoweverPeersWriteThem() {
    var metadata = Metadata()
    for text in ["AA==", "AA", "AAE, AAEC", "_-8", "/+8"] { metadata.add(text, for: "a-bin") }
    #expect(
      metadata.binaryValues(for: "a-bin") == [[0], [0], [0, 1], [0, 1, 2], [0xff, 0xef], [0xff, 0xef]])
  }

  @Test func initialMetadataMayComeBeforeTheFirstMessage() async throws {
    let service = EchoService(chat: { requests, responses, context in
      context.addInitialMetadata("early", for: "x-initial")
      context.sendInitialMetadata()
      context.addInitialMetadata("late", for: "x-initial")
      for try await request in requests { try await responses.write(request) }
    })
    try await withEcho(service) { channel in
      try await channel.bidirectional(Echo.chat) { requests, responses in
        // Nothing was sent yet, and nothing will be until the metadata is here.
        let metadata = try await responses.metadata
        #expect(metadata.values(for: "x-initial") == ["early"])
        try await requests.write(Text("x"))
        try await requests.finish()
        let replies = try await responses.reduce(into: []) { $0.append($1.value) }
        #expect(replies == ["x"])
      }
    }
  }

  @Test func reservedAndInvalidEntriesAreNotSent() {
    var metadata = Metadata()
    metadata.add("1", for: "grpc-timeout")
    metadata.add("1", for: ":path")
    metadata.add("line\nbreak", for: "x-bad")
    metadata.add("ü", for: "x-umlaut")
    metadata.add("ok", for: "x y")
    #expect(metadata.isEmpty)
  }

  @Test func metadataOverTheLimitIsRefusedWithAReason() async throws {
    let error = await rpcError {
      try await withEcho { channel in
        var options = CallOptions()
        options.metadata.add(String(repeating: "x", count: 20_000), for: "x-large")
        _ = try await channel.unary(Echo.unary, Text("x"), options: options)
      }
    }
    #expect(error?.code == .resourceExhausted)
    #expect(error?.message.contains("metadata") == true)
  }
}
