import WeftRPC

/// Typed, asynchronous handlers, as a service would write them.
struct EchoHandler: Weft_Bench_V1_EchoServiceHandler {
  func echo(_ request: Weft_Bench_V1_EchoRequest, context: ServerContext) async throws
    -> Weft_Bench_V1_EchoReply
  {
    reply(to: request)
  }

  func stream(
    _ request: Weft_Bench_V1_StreamRequest, responses: ResponseWriter<Weft_Bench_V1_EchoReply>,
    context: ServerContext
  ) async throws {
    guard let echo = request.echo else { throw RPCError(.invalidArgument, "echo is missing") }
    for _ in 0..<request.count { try await responses.write(reply(to: echo)) }
  }

  func copy(_ request: Weft_Bench_V1_Blob, context: ServerContext) async throws -> Weft_Bench_V1_Blob {
    request
  }

  func collect(_ requests: RequestStream<Weft_Bench_V1_EchoRequest>, context: ServerContext) async throws
    -> Weft_Bench_V1_EchoReply
  {
    var last = Weft_Bench_V1_EchoRequest()
    for try await request in requests { last = request }
    return reply(to: last)
  }

  private func reply(to request: Weft_Bench_V1_EchoRequest) -> Weft_Bench_V1_EchoReply {
    var reply = Weft_Bench_V1_EchoReply()
    reply.service = request.service
    reply.environment = request.environment
    reply.version = request.version + 1
    reply.tags = request.tags
    reply.comment = request.comment
    reply.author = "bench"
    return reply
  }
}
