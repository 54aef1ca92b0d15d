import NIOCore
import Testing
import WeftHTTP2
import WeftRPC

/// Peers that answer in HTTP, but not in gRPC, or in broken gRPC.
@Suite struct ForeignServerTests {
  private static let grpc: HTTPFields = ["content-type": "application/grpc"]
  private static let message: [UInt8] = [0, 0, 0, 0, 3, 0x0a, 1, 0x78]
  private static let ok: HTTPFields = ["grpc-status": "0"]

  private func call(_ responder: FixedResponder) async throws -> (RPCError?, Text?) {
    try await withPeer(responder) { port in
      try await withChannel("ipv4:127.0.0.1:\(port)") { channel in
        var reply: Text?
        let error = await rpcError { reply = try await channel.unary(Echo.unary, Text("x")) }
        return (error, reply)
      }
    }
  }

  @Test(arguments: [
    (400, StatusCode.internalError), (401, .unauthenticated), (403, .permissionDenied),
    (404, .unimplemented), (429, .unavailable), (502, .unavailable), (503, .unavailable),
    (504, .unavailable), (500, .unknown), (302, .unknown),
  ])
  func httpStatusBecomesAStatus(_ status: Int, _ code: StatusCode) async throws {
    let (error, _) = try await call(
      FixedResponder(status: status, fields: ["content-type": "text/html"], body: Array("<html>".utf8)))
    #expect(error?.code == code)
    #expect(error?.message.contains("HTTP status \(status)") == true)
    #expect(error?.message.contains("text/html") == true)
    #expect(error?.message.contains("127.0.0.1") == true)
  }

  @Test(arguments: ["text/html", "application/grpc-web", "application/grpcx", "\u{e4}\u{f6}", ""])
  func otherContentTypeIsNoReply(_ type: String) async throws {
    let (error, reply) = try await call(
      FixedResponder(fields: ["content-type": type], body: Self.message, trailers: Self.ok))
    #expect(error?.code == .unknown)
    #expect(reply == nil)
  }

  @Test(arguments: ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"])
  func contentTypesOfGRPCAreTaken(_ type: String) async throws {
    let (error, reply) = try await call(
      FixedResponder(fields: ["content-type": type], body: Self.message, trailers: Self.ok))
    #expect(error == nil)
    #expect(reply?.value == "x")
  }

  @Test func statusAloneInTheHeadIsAReply() async throws {
    var fields = Self.grpc
    fields.add("grpc-status", "5")
    fields.add("grpc-message", "no%20such%20%E6%9D%8E")
    fields.add("x-hint", "h")
    let (error, _) = try await call(FixedResponder(fields: fields))
    #expect(error?.code == .notFound)
    #expect(error?.message == "no such \u{674e}")
    #expect(error?.metadata["x-hint"] == "h")
  }

  @Test func replyWithoutAStatusIsUnknown() async throws {
    let (error, reply) = try await call(FixedResponder(fields: Self.grpc, body: Self.message))
    #expect(error?.code == .unknown)
    #expect(reply == nil)
  }

  @Test(arguments: [
    ("99", StatusCode.unknown), ("x", .unknown), ("-1", .unknown), ("", .unknown), ("16", .unauthenticated),
  ])
  func oddStatusIsAnErrorAllTheSame(_ text: String, _ code: StatusCode) async throws {
    let (error, _) = try await call(
      FixedResponder(fields: Self.grpc, body: Self.message, trailers: ["grpc-status": text]))
    #expect(error?.code == code)
  }

  @Test(arguments: [
    ([], StatusCode.internalError),
    (message + message, .internalError),
    (Array(message.dropLast()), .internalError),
    ([0, 0, 0], .internalError),
    ([1, 0, 0, 0, 0], .internalError),
    ([9, 0, 0, 0, 0], .internalError),
    ([0, 0xff, 0xff, 0xff, 0xff], .resourceExhausted),
    ([0, 0, 0, 0, 2, 0x0a, 0xff], .internalError),
  ])
  func brokenMessagesAreErrors(_ body: [UInt8], _ code: StatusCode) async throws {
    let (error, reply) = try await call(FixedResponder(fields: Self.grpc, body: body, trailers: Self.ok))
    #expect(error?.code == code)
    #expect(reply == nil)
  }

  @Test func metadataOverTheLimitIsRefused() async throws {
    let huge: HTTPFields = ["x-huge": String(repeating: "h", count: 30_000)]
    var fields = Self.grpc
    fields.add("x-huge", huge["x-huge"] ?? "")
    for responder in [
      FixedResponder(fields: fields, body: Self.message, trailers: Self.ok),
      FixedResponder(fields: Self.grpc, body: Self.message, trailers: huge),
    ] {
      let (error, _) = try await call(responder)
      #expect(error?.code == .resourceExhausted)
    }
  }

  @Test func metadataTooLargeToSendIsNotRepeated() async throws {
    try await withEcho { channel in
      var metadata = Metadata()
      metadata.add(String(repeating: "m", count: 100_000), for: "x-huge")
      let error = await rpcError {
        _ = try await channel.unary(Echo.unary, Text("x"), options: CallOptions(metadata: metadata))
      }
      #expect(error?.code == .resourceExhausted)
      let said = try await channel.unary(Echo.unary, Text("y")).value
      #expect(said == "y")
    }
  }

  @Test func detailsTooLargeToSendEndTheCall() async throws {
    let service = EchoService(unary: { _, _ in
      throw RPCError(.invalidArgument, "bad", details: [UInt8](repeating: 1, count: 100_000))
    })
    try await withEcho(service) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error != nil)
      let said = try await channel.unary(Echo.pure, Text("y")).value
      #expect(said == "y")
    }
  }
}
