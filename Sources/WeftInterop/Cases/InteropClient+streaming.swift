import WeftRPC

extension InteropClient {
  static let requestSizes = [27182, 8, 1828, 45904]
  static let responseSizes = [31415, 9, 2653, 58979]

  /// A request for one response.
  static func request(
    _ requestSize: Int, _ responseSize: Int
  ) -> Grpc_Testing_StreamingOutputCallRequest {
    .with { request in
      request.responseParameters = [.with { $0.size = Int32(responseSize) }]
      request.payload = zeros(requestSize)
    }
  }

  func clientStreaming() async throws {
    let response = try await service.streamingInputCall { requests in
      for size in Self.requestSizes {
        try await requests.write(.with { $0.payload = Self.zeros(size) })
      }
    }
    try expect(response.aggregatedPayloadSize, 74922, "the aggregated size")
  }

  func serverStreaming() async throws {
    let request = Grpc_Testing_StreamingOutputCallRequest.with { request in
      request.responseParameters = Self.responseSizes.map { size in .with { $0.size = Int32(size) } }
    }
    try await service.streamingOutputCall(request) { responses in
      var sizes = Self.responseSizes[...]
      for try await response in responses {
        guard let size = sizes.popFirst() else { throw InteropFailure("there are more than four responses") }
        try Self.check(response.payload, size)
      }
      try expect(sizes.count, 0, "the number of responses that did not come")
    }
  }

  func pingPong() async throws {
    try await service.fullDuplexCall { requests, responses in
      var iterator = responses.makeAsyncIterator()
      for (requestSize, responseSize) in zip(Self.requestSizes, Self.responseSizes) {
        try await requests.write(Self.request(requestSize, responseSize))
        guard let response = try await iterator.next() else {
          throw InteropFailure("the stream ended before its last response")
        }
        try Self.check(response.payload, responseSize)
      }
      try await requests.finish()
      if try await iterator.next() != nil { throw InteropFailure("there are more than four responses") }
    }
  }

  func emptyStream() async throws {
    try await service.fullDuplexCall { requests, responses in
      try await requests.finish()
      for try await _ in responses { throw InteropFailure("there is a response to no request") }
    }
  }
}
