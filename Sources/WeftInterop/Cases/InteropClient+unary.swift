import WeftRPC

extension InteropClient {
  static let largeRequestBytes = 271_828
  static let largeResponseBytes = 314_159

  static var largeRequest: Grpc_Testing_SimpleRequest {
    unaryRequest(largeRequestBytes, responseBytes: largeResponseBytes)
  }

  static func unaryRequest(_ bytes: Int, responseBytes: Int) -> Grpc_Testing_SimpleRequest {
    .with {
      $0.responseSize = Int32(clamping: responseBytes)
      $0.payload = zeros(bytes)
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
    let response = try await service.unaryCall(Self.largeRequest)
    try Self.check(response.payload, Self.largeResponseBytes)
  }
}
