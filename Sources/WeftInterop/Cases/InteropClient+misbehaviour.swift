import WeftRPC

/// Servers that misbehave (gRPC's `http2-interop-test-descriptions`).
extension InteropClient {
  /// The server says GOAWAY after the first call; the second needs another connection, and no help.
  func goAway() async throws {
    try await largeUnary()
    // As the description has it: time for the GOAWAY to come.
    try await Task.sleep(for: .seconds(1))
    try await largeUnary()
  }

  /// The server resets the stream with NO_ERROR before its trailers, which today's mapping of HTTP/2 errors
  /// tells as INTERNAL, however much of the response has come.
  func reset() async throws {
    try await Self.expectStatus(.internalError) { try await largeUnary() }
  }

  /// The server allows one stream at a time.
  func maxStreams() async throws {
    try await largeUnary()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<10 { group.addTask { try await self.largeUnary() } }
      try await group.waitForAll()
    }
  }
}
