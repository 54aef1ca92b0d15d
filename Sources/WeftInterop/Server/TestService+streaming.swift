import WeftRPC

extension TestService {
  typealias Requests = RequestStream<Grpc_Testing_StreamingOutputCallRequest>
  typealias Responses = ResponseWriter<Grpc_Testing_StreamingOutputCallResponse>

  func streamingOutputCall(
    _ request: Grpc_Testing_StreamingOutputCallRequest, responses: Responses, context: ServerContext
  ) async throws {
    Self.echoMetadata(context)
    try Self.echoStatus(request.responseStatus)
    try await answer(request, responses, context)
  }

  func streamingInputCall(
    _ requests: RequestStream<Grpc_Testing_StreamingInputCallRequest>, context: ServerContext
  ) async throws -> Grpc_Testing_StreamingInputCallResponse {
    Self.echoMetadata(context)
    var response = Grpc_Testing_StreamingInputCallResponse()
    var iterator = requests.makeAsyncIterator()
    while let request = try await iterator.next() {
      try Self.check(request.expectCompressed, iterator.encoding)
      response.aggregatedPayloadSize &+= Int32(truncatingIfNeeded: request.payload?.body.count ?? 0)
    }
    return response
  }

  func fullDuplexCall(_ requests: Requests, responses: Responses, context: ServerContext) async throws {
    Self.echoMetadata(context)
    for try await request in requests {
      try Self.echoStatus(request.responseStatus)
      try await answer(request, responses, context)
    }
  }

  func halfDuplexCall(_ requests: Requests, responses: Responses, context: ServerContext) async throws {
    Self.echoMetadata(context)
    var kept: [Grpc_Testing_StreamingOutputCallRequest] = []
    for try await request in requests {
      guard kept.count < Self.maxKeptRequests else {
        throw RPCError(.resourceExhausted, "more than \(Self.maxKeptRequests) requests")
      }
      // Only the sizes are of use later.
      kept.append(.with { $0.responseParameters = request.responseParameters })
    }
    for request in kept { try await answer(request, responses, context) }
  }

  /// Requests that one half duplex call may bring.
  private static let maxKeptRequests = 1000

  /// Sends the responses that a request asks for.
  private func answer(
    _ request: Grpc_Testing_StreamingOutputCallRequest, _ responses: Responses, _ context: ServerContext
  ) async throws {
    for wanted in request.responseParameters {
      if wanted.intervalUs > 0 { try await Task.sleep(for: .microseconds(wanted.intervalUs)) }
      if wanted.compressed != nil { context.compressReply() }
      let response = try Grpc_Testing_StreamingOutputCallResponse.with {
        $0.payload = try Self.payload(request.responseType, wanted.size)
      }
      try await responses.write(response, compress: wanted.compressed?.value ?? false)
    }
  }
}
