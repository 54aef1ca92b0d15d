import NIOCore
import WeftProtobuf
import WeftRPC

extension InteropClient {
  /// Fails the case unless a call ends with a status.
  static func expectStatus(
    _ code: StatusCode, message: String? = nil, _ call: () async throws -> Void
  ) async throws {
    do {
      try await call()
    } catch let error as RPCError {
      if error.code != code { throw InteropFailure("the status is \(error), not \(code)") }
      if let message { try expect(error.message, message, "the message of the status") }
      return
    }
    throw InteropFailure("the call succeeded, which should fail with \(code)")
  }

  func statusCodeAndMessage() async throws {
    let status = Grpc_Testing_EchoStatus.with {
      $0.code = 2
      $0.message = "test status message"
    }
    try await Self.expectStatus(.unknown, message: status.message) {
      _ = try await service.unaryCall(.with { $0.responseStatus = status })
    }
    try await Self.expectStatus(.unknown, message: status.message) {
      try await service.fullDuplexCall { requests, responses in
        try await requests.write(.with { $0.responseStatus = status })
        try await requests.finish()
        for try await _ in responses {}
      }
    }
  }

  func specialStatusMessage() async throws {
    let status = Grpc_Testing_EchoStatus.with {
      $0.code = 2
      $0.message = "\t\ntest with whitespace\r\nand Unicode BMP \u{263a} and non-BMP \u{1f608}\t\n"
    }
    try await Self.expectStatus(.unknown, message: status.message) {
      _ = try await service.unaryCall(.with { $0.responseStatus = status })
    }
  }

  func unimplementedMethod() async throws {
    try await Self.expectStatus(.unimplemented) {
      _ = try await service.unimplementedCall(Grpc_Testing_Empty())
    }
  }

  func unimplementedService() async throws {
    let service = Grpc_Testing_UnimplementedServiceClient(channel)
    try await Self.expectStatus(.unimplemented) {
      _ = try await service.unimplementedCall(Grpc_Testing_Empty())
    }
  }

  func customMetadata() async throws {
    let initial = (key: "x-grpc-test-echo-initial", value: "test_initial_metadata_value")
    let trailing = (key: "x-grpc-test-echo-trailing-bin", value: [0xab, 0xab, 0xab] as [UInt8])
    var options = CallOptions()
    options.metadata.add(initial.value, for: initial.key)
    options.metadata.addBinary(trailing.value, for: trailing.key)
    func check(_ metadata: Metadata, _ trailers: Metadata) throws {
      try expect(metadata.values(for: initial.key), [initial.value], "the initial metadata")
      try expect(trailers.binaryValues(for: trailing.key), [trailing.value], "the trailing metadata")
    }

    let reply = try await channel.unary(
      Grpc_Testing_TestServiceMethods.unaryCall.untyped, ByteBuffer(bytes: Self.largeRequest.serialized()),
      options: options)
    try check(reply.metadata, reply.trailers)
    try await service.fullDuplexCall(options: options) { requests, responses in
      try await requests.write(Self.request(Self.largeRequestBytes, Self.largeResponseBytes))
      try await requests.finish()
      for try await response in responses { try Self.check(response.payload, Self.largeResponseBytes) }
      try check(try await responses.metadata, responses.trailers)
    }
  }
}
