import WeftRPC

extension InteropClient {
  func cancelAfterBegin() async throws {
    try await Self.expectStatus(.cancelled) {
      try await channel.withCall(
        Grpc_Testing_TestServiceMethods.streamingInputCall.untyped, options: CallOptions()
      ) { call in
        call.cancel()
        _ = try await call.nextMessage()
      }
    }
  }

  func cancelAfterFirstResponse() async throws {
    try await Self.expectStatus(.cancelled) {
      try await service.fullDuplexCall { requests, responses in
        try await requests.write(Self.request(27182, 31415))
        var iterator = responses.makeAsyncIterator()
        let first = try await iterator.next()
        try Self.check(first?.payload, 31415)
        responses.call.cancel()
        _ = try await iterator.next()
      }
    }
  }

  func timeoutOnSleepingServer() async throws {
    try await Self.expectStatus(.deadlineExceeded) {
      try await service.fullDuplexCall(options: CallOptions(timeout: .milliseconds(1))) {
        requests, responses in
        do {
          try await requests.write(.with { $0.payload = Self.zeros(27182) })
        } catch is CallEndedEarly {
          // The time was over first; the status says so.
        }
        for try await _ in responses {}
      }
    }
  }
}
