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
