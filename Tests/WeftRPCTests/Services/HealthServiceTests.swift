import Testing

@testable import WeftRPC

/// `grpc.health.v1` over the wire.
@Suite struct HealthServiceTests {
  private typealias Status = Grpc_Health_V1_HealthCheckResponse.ServingStatus

  private func withHealth(
    _ body: (RPCServer, Grpc_Health_V1_HealthClient) async throws -> Void
  ) async throws {
    try await withServer { server, port in
      try await withChannel("ipv4:127.0.0.1:\(port)", .neverRetry) { channel in
        try await body(server, Grpc_Health_V1_HealthClient(channel))
      }
    }
  }

  @Test func everyServiceIsListedWithItsStatus() async throws {
    try await withHealth { server, health in
      server.health.set(.notServing, for: "test.Echo")
      let statuses = try await health.list(.init()).statuses.mapValues(\.status)
      #expect(statuses == ["": .serving, "test.Echo": .notServing])
    }
  }

  @Test func aListThatIsTooLongIsRefused() async throws {
    try await withHealth { server, health in
      for number in 0..<100 { server.health.set(.serving, for: "test.Service\(number)") }
      let error = await rpcError { _ = try await health.list(.init()) }
      #expect(error?.code == .resourceExhausted)
    }
  }

  @Test func aWatcherHearsEachServicesChangesAndNoOthers() async throws {
    try await withHealth { server, health in
      try await health.watch(.with { $0.service = "test.Echo" }) { stream in
        var statuses = stream.makeAsyncIterator()
        let status1 = try await statuses.next()?.status
        #expect(status1 == .serving)
        server.health.set(.notServing, for: "")
        server.health.set(.notServing, for: "test.Echo")
        let status2 = try await statuses.next()?.status
        #expect(status2 == .notServing)
        server.health.set(.serving, for: "test.Echo")
        let status3 = try await statuses.next()?.status
        #expect(status3 == .serving)
      }
    }
  }

  @Test func anUnknownServiceIsToldAsSuchUntilItIsKnown() async throws {
    try await withHealth { server, health in
      let check = await rpcError { _ = try await health.check(.with { $0.service = "test.Later" }) }
      #expect(check?.code == .notFound)
      try await health.watch(.with { $0.service = "test.Later" }) { stream in
        var statuses = stream.makeAsyncIterator()
        let status4 = try await statuses.next()?.status
        #expect(status4 == .serviceUnknown)
        server.health.set(.serving, for: "test.Later")
        let status5 = try await statuses.next()?.status
        #expect(status5 == .serving)
      }
    }
  }

  @Test func watchersHearOfAShutdownAndDoNotHoldItUp() async throws {
    try await withHealth { server, health in
      let error = await rpcError {
        try await health.watch(.init()) { stream in
          var statuses = stream.makeAsyncIterator()
          let status6 = try await statuses.next()?.status
          #expect(status6 == .serving)
          // Returns only because the watch ends.
          async let drained: Void = server.shutdown(grace: .seconds(3600))
          let status7 = try await statuses.next()?.status
          #expect(status7 == .notServing)
          while let status = try await statuses.next() { Issue.record("unexpected \(status)") }
          await drained
        }
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test func aWatcherThatLeavesIsForgotten() async throws {
    try await withHealth { server, health in
      try await health.watch(.init()) { stream in
        var statuses = stream.makeAsyncIterator()
        _ = try await statuses.next()
        #expect(server.health.watcherCount == 1)
      }
      while server.health.watcherCount > 0 { await Task.yield() }
    }
  }
}
