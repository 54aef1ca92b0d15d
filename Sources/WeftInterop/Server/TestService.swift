import WeftRPC

/// `grpc.testing.TestService` with every feature that gRPC's `interop-test-descriptions` ask of a server.
struct TestService: Grpc_Testing_TestServiceHandler {
  /// Unique among servers, the same for every call to one.
  let serverID = RequestID.make()

  /// Bytes of one payload that a caller may ask for.
  static let maxPayloadBytes = 64 << 20

  func emptyCall(_ request: Grpc_Testing_Empty, context: ServerContext) async throws -> Grpc_Testing_Empty {
    Self.echoMetadata(context)
    return Grpc_Testing_Empty()
  }

  func unaryCall(
    _ request: Grpc_Testing_SimpleRequest, context: ServerContext
  ) async throws -> Grpc_Testing_SimpleResponse {
    Self.echoMetadata(context)
    try Self.check(request.expectCompressed, context.requestEncoding)
    if request.responseCompressed?.value == true { context.compressReply() }
    try Self.echoStatus(request.responseStatus)
    var response = Grpc_Testing_SimpleResponse()
    if request.responseSize != 0 {
      response.payload = try Self.payload(request.responseType, request.responseSize)
    }
    if request.fillServerID { response.serverID = serverID }
    return response
  }

  func cacheableUnaryCall(
    _ request: Grpc_Testing_SimpleRequest, context: ServerContext
  ) async throws -> Grpc_Testing_SimpleResponse {
    context.addInitialMetadata("max-age=60, public", for: "cache-control")
    let now = Self.start.duration(to: .now)
    return .with { response in
      response.payload = .with { $0.body = Array(String(now / .nanoseconds(1)).utf8) }
    }
  }

  func unimplementedCall(
    _ request: Grpc_Testing_Empty, context: ServerContext
  ) async throws -> Grpc_Testing_Empty {
    throw RPCError(.unimplemented, "UnimplementedCall is not implemented, as gRPC's tests want it")
  }

  private static let start = ContinuousClock.now
}

// MARK: What several methods do

extension TestService {
  /// Sends back what the tests of metadata send.
  static func echoMetadata(_ context: ServerContext) {
    let initial = "x-grpc-test-echo-initial"
    if let value = context.metadata(initial) { context.addInitialMetadata(value, for: initial) }
    let trailing = "x-grpc-test-echo-trailing-bin"
    if let value = context.metadata(trailing) { context.addTrailer(value, for: trailing) }
    let userAgent = "x-grpc-test-echo-useragent"
    if context.metadata(userAgent) != nil, let value = context.metadata("user-agent") {
      context.addInitialMetadata(value, for: userAgent)
    }
  }

  /// Fails the call as the caller wishes.
  static func echoStatus(_ status: Grpc_Testing_EchoStatus?) throws {
    guard let status, status.code != 0 else { return }
    throw RPCError(StatusCode(rawValue: Int(status.code)) ?? .unknown, status.message)
  }

  static func check(_ expected: Grpc_Testing_BoolValue?, _ encoding: MessageEncoding) throws {
    guard let expected, expected.value != (encoding != .identity) else { return }
    throw RPCError(
      .invalidArgument, "the message should \(expected.value ? "" : "not ")have been compressed")
  }

  static func payload(
    _ type: Grpc_Testing_PayloadType, _ size: Int32
  ) throws -> Grpc_Testing_Payload {
    guard type == .compressable else {
      throw RPCError(.invalidArgument, "payloads of type \(type.rawValue) are not supported")
    }
    guard (0...Int32(maxPayloadBytes)).contains(size) else {
      throw RPCError(.invalidArgument, "a payload has 0 to \(maxPayloadBytes) bytes, not \(size)")
    }
    return .with { $0.body = [UInt8](repeating: 0, count: Int(size)) }
  }
}
