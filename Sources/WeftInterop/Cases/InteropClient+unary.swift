import WeftRPC

extension InteropClient {
  static let largeRequestBytes = 271_828
  static let largeResponseBytes = 314_159

  static var largeRequest: Grpc_Testing_SimpleRequest {
    .with {
      $0.responseSize = Int32(largeResponseBytes)
      $0.payload = zeros(largeRequestBytes)
    }
  }

  static func zeros(_ count: Int) -> Grpc_Testing_Payload {
    .with { $0.body = [UInt8](repeating: 0, count: count) }
  }

  /// Fails the case unless a payload is as many zeros as it should be.
  static func check(_ payload: Grpc_Testing_Payload?, _ size: Int) throws {
    try expect(payload?.body.count ?? 0, size, "the size of the payload")
    try expect(payload?.body.allSatisfy { $0 == 0 } ?? true, true, "that the payload is zeros")
  }

  func emptyUnary() async throws {
    try expect(
      try await service.emptyCall(Grpc_Testing_Empty()), Grpc_Testing_Empty(), "the response")
  }

  func largeUnary() async throws {
    try await Self.largeUnary(on: channel)
  }

  static func largeUnary(on channel: WeftRPC.Channel) async throws {
    let response = try await Grpc_Testing_TestServiceClient(channel).unaryCall(largeRequest)
    try check(response.payload, largeResponseBytes)
  }
}
