import NIOCore
import Synchronization
import Testing
import WeftHTTP2

@testable import WeftRPC

/// Compressed calls between our own client and server, and what is on the wire.
@Suite struct CompressionTests {
  private static let long = Text(String(repeating: "woven ", count: 1000))

  /// What a raw message and its framing are made of.
  private func framed(_ text: Text) throws -> [UInt8] {
    let message = try text.unframed()
    return Array(ByteBuffer(framing: message).readableBytesView)
  }

  @Test(arguments: [MessageEncoding.gzip, .deflate, .identity])
  func unaryCallIsPackedBothWays(_ encoding: MessageEncoding) async throws {
    let seen = Mutex<MessageEncoding?>(nil)
    let service = EchoService(unary: { request, context in
      seen.withLock { $0 = context.requestEncoding }
      context.compressReply(with: encoding)
      return request
    })
    try await withEcho(service) { channel in
      var options = CallOptions()
      options.compression = encoding
      let reply = try await channel.unary(Echo.unary.untyped, Self.long.unframed(), options: options)
      #expect(try Text(received: reply.message) == Self.long)
      #expect(reply.encoding == encoding)
      #expect(seen.withLock { $0 } == encoding)
    }
  }

  @Test func channelsAndServersMayCompressByDefault() async throws {
    let seen = Mutex<[MessageEncoding]>([])
    let service = EchoService(unary: { request, context in
      seen.withLock { $0.append(context.requestEncoding) }
      return request
    })
    var configuration = RPCServerConfiguration.plain
    configuration.compression = .gzip
    var channelOptions = ChannelOptions()
    channelOptions.compression = .gzip
    try await withEcho(service, configuration: configuration, options: channelOptions) { channel in
      let message = try Self.long.unframed()
      var reply = try await channel.unary(Echo.unary.untyped, message, options: CallOptions())
      #expect(reply.encoding == .gzip)
      reply = try await channel.unary(Echo.unary.untyped, message, options: CallOptions())
      #expect(reply.encoding == .gzip)
      // The call has the last word.
      var options = CallOptions()
      options.compression = .identity
      reply = try await channel.unary(Echo.unary.untyped, message, options: options)
      #expect(seen.withLock { $0 } == [.gzip, .gzip, .identity])
    }
  }

  @Test func eachMessageOfAStreamIsPackedOrNot() async throws {
    let service = EchoService(
      chat: { requests, responses, context in
        context.compressReply()
        for try await request in requests {
          try await responses.write(request, compress: false)
          try await responses.write(request)
        }
      })
    try await withEcho(service) { channel in
      var options = CallOptions()
      options.compression = .gzip
      try await channel.withCall(Echo.chat.untyped, options: options) { call in
        try await call.send(Self.long.unframed())
        try await call.send(Self.long.unframed(), compress: false)
        try await call.finishSending()
        var encodings: [MessageEncoding] = []
        while let message = try await call.nextReceived() {
          encodings.append(message.encoding)
          #expect(try Text(received: message.unpacked()) == Self.long)
        }
        #expect(encodings == [.identity, .gzip, .identity, .gzip])
      }
    }
  }

  @Test func encodingIsSettledWithTheFirstMessage() async throws {
    let service = EchoService(
      expand: { request, responses, context in
        try await responses.write(request)
        context.compressReply()
        try await responses.write(request)
      })
    try await withEcho(service) { channel in
      let replies = try await channel.serverStreaming(Echo.expand, Self.long) { replies in
        try await replies.reduce(into: []) { $0.append($1) }
      }
      #expect(replies == [Self.long, Self.long])
    }
  }

  @Test func replyToACallerThatReadsNoCompressionIsNotPacked() async throws {
    let service = EchoService(unary: { request, context in
      context.compressReply()
      return request
    })
    try await withServer(service) { _, port in
      let body = try self.framed(Self.long)
      let call = try await RawCall.make(to: port, "/test.Echo/Unary", body: body)
      #expect(call.head["grpc-encoding"] == nil)
      #expect(call.body == body)
      #expect(call.status == "0")
    }
  }

  @Test func uncompressedCallsSayNothingOfCompression() async throws {
    try await withServer { _, port in
      let call = try await RawCall.make(
        to: port, "/test.Echo/Unary", fields: ["grpc-accept-encoding": "gzip"], body: self.framed(Text("x")))
      #expect(call.head == ["content-type": "application/grpc"])
    }
  }

  @Test func callerThatCompressesIsToldWhatIsRead() async throws {
    try await withServer { _, port in
      let call = try await RawCall.make(
        to: port, "/test.Echo/Unary", fields: ["grpc-encoding": "gzip"], body: self.framed(Text("x")))
      #expect(call.status == "0")
      #expect(call.head["grpc-accept-encoding"] == "identity,gzip,deflate")
    }
  }

  @Test func unknownEncodingIsRefusedWithTheKnownOnes() async throws {
    try await withServer { _, port in
      let call = try await RawCall.make(
        to: port, "/test.Echo/Unary", fields: ["grpc-encoding": "snappy"], body: self.framed(Text("x")))
      #expect(call.status == "12")
      #expect(call.head["grpc-message"]?.contains("snappy") == true)
      #expect(call.head["grpc-accept-encoding"] == "identity,gzip,deflate")
    }
  }

  @Test(arguments: ["/test.Echo/Unary", "/test.Echo/Collect"], [nil, "identity"])
  func compressedMessageWithoutAnEncodingIsAnError(_ path: String, _ encoding: String?) async throws {
    try await withServer { _, port in
      var fields = HTTPFields()
      if let encoding { fields.add("grpc-encoding", encoding) }
      let body = Array(MessageEncoding.gzip.framing(try Self.long.unframed()).readableBytesView)
      let call = try await RawCall.make(to: port, path, fields: fields, body: body)
      #expect(call.status == "13")
    }
  }

  @Test(arguments: [Echo.unary, Echo.collect])
  func bombSentToAServerMeetsItsLimit(_ method: RPCMethod<Text, Text>) async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.maxRequestBytes = 1 << 20
    try await withServer(configuration: configuration) { _, port in
      let bomb = MessageEncoding.gzip.framing(ByteBuffer(repeating: 0, count: 256 << 20))
      #expect(bomb.readableBytes < 1 << 20)
      let call = try await RawCall.make(
        to: port, method.path, fields: ["grpc-encoding": "gzip"], body: Array(bomb.readableBytesView))
      #expect(call.status == "8")
    }
  }

  @Test func bombSentToAClientMeetsItsLimit() async throws {
    let service = EchoService(
      unary: { _, context in
        context.compressReply()
        return Text(String(repeating: "0", count: 3 << 20))
      },
      expand: { _, responses, context in
        context.compressReply()
        try await responses.write(Text(String(repeating: "0", count: 3 << 20)))
      })
    try await withEcho(service) { channel in
      let options = CallOptions(maxResponseBytes: 1 << 20)
      let unary = await rpcError { _ = try await channel.unary(Echo.unary, Text("x"), options: options) }
      #expect(unary?.code == .resourceExhausted)
      let streamed = await rpcError {
        try await channel.serverStreaming(Echo.expand, Text("x"), options: options) { replies in
          for try await _ in replies {}
        }
      }
      #expect(streamed?.code == .resourceExhausted)
    }
  }

  @Test(arguments: ["snappy", "identity", nil])
  func replyInAnEncodingThatWasNotAskedForIsAnInternalError(_ encoding: String?) async throws {
    var fields: HTTPFields = ["content-type": "application/grpc"]
    if let encoding { fields.add("grpc-encoding", encoding) }
    let responder = FixedResponder(
      fields: fields, body: [1, 0, 0, 0, 1, 0x78], trailers: ["grpc-status": "0"])
    try await withPeer(responder) { port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
        #expect(error?.code == .internalError)
        #expect(error?.message.contains(encoding == "snappy" ? "snappy" : "grpc-encoding") == true)
      }
    }
  }
}
