import NIOCore
import WeftProtobuf
import WeftRPC

extension InteropClient {
  private static func options(_ compression: MessageEncoding) -> CallOptions {
    var options = CallOptions()
    options.compression = compression
    return options
  }

  /// A server that tells compressed messages from others refuses one that is not as announced.
  private func expectRefusal(_ call: () async throws -> Void) async throws {
    try await Self.expectStatus(.invalidArgument, call)
  }

  func clientCompressedUnary() async throws {
    func call(expected: Bool, _ compression: MessageEncoding) async throws {
      var request = Self.largeRequest
      request.expectCompressed = .with { $0.value = expected }
      let response = try await service.unaryCall(request, options: Self.options(compression))
      try Self.check(response.payload, Self.largeResponseBytes)
    }
    try await expectRefusal { try await call(expected: true, .identity) }
    try await call(expected: true, .gzip)
    try await call(expected: false, .identity)
  }

  func clientCompressedStreaming() async throws {
    func request(_ size: Int, expected: Bool) -> Grpc_Testing_StreamingInputCallRequest {
      .with { request in
        request.expectCompressed = .with { $0.value = expected }
        request.payload = Self.zeros(size)
      }
    }
    try await expectRefusal {
      _ = try await service.streamingInputCall { try await $0.write(request(27182, expected: true)) }
    }
    let response = try await service.streamingInputCall(options: Self.options(.gzip)) { requests in
      try await requests.write(request(27182, expected: true))
      try await requests.write(request(45904, expected: false), compress: false)
    }
    try expect(response.aggregatedPayloadSize, 73086, "the aggregated size")
  }

  func serverCompressedUnary() async throws {
    let method = Grpc_Testing_TestServiceMethods.unaryCall.untyped
    for isCompressed in [true, false] {
      var request = Self.largeRequest
      request.responseCompressed = .with { $0.value = isCompressed }
      let reply = try await channel.unary(
        method, ByteBuffer(bytes: request.serialized()), options: CallOptions())
      try expect(reply.encoding != .identity, isCompressed, "that the response is compressed")
      let response = try Grpc_Testing_SimpleResponse(serialized: Array(reply.message.readableBytesView))
      try Self.check(response.payload, Self.largeResponseBytes)
    }
  }

  func serverCompressedStreaming() async throws {
    let wanted = [(size: 31415, isCompressed: true), (size: 92653, isCompressed: false)]
    let request = Grpc_Testing_StreamingOutputCallRequest.with { request in
      request.responseParameters = wanted.map { wanted in
        .with {
          $0.size = Int32(wanted.size)
          $0.compressed = .with { $0.value = wanted.isCompressed }
        }
      }
    }
    try await channel.withCall(
      Grpc_Testing_TestServiceMethods.streamingOutputCall.untyped, options: CallOptions()
    ) { call in
      try await call.send(ByteBuffer(bytes: request.serialized()))
      try await call.finishSending()
      for wanted in wanted {
        guard let message = try await call.nextReceived() else {
          throw InteropFailure("the stream ended before its last response")
        }
        try expect(message.encoding != .identity, wanted.isCompressed, "that the response is compressed")
        let bytes = Array(try message.unpacked().readableBytesView)
        try Self.check(Grpc_Testing_StreamingOutputCallResponse(serialized: bytes).payload, wanted.size)
      }
      if try await call.nextReceived() != nil { throw InteropFailure("there are more than two responses") }
    }
  }
}
