import Testing
import WeftProtobuf
import WeftRPC

@testable import WeftConfigService

@Suite struct ConfigWatchTests {
  static var request: Weft_Config_V1_WatchConfigRequest {
    var request = Weft_Config_V1_WatchConfigRequest()
    request.service = "resume"
    request.environment = "prod"
    return request
  }

  @Test func theNewestComesAtOnceAndThenEachNewOne() async throws {
    try await ServedConfig.with { served in
      _ = try await served.put(1)
      _ = try await served.put(2)
      let versions = try await served.client.watchConfig(Self.request) { responses in
        var versions: [UInt32] = []
        for try await config in responses {
          versions.append(config.version)
          if versions.count == 4 { break }
          _ = try await served.put(3)
        }
        return versions
      }
      #expect(versions == [2, 3, 4, 5])
    }
  }

  @Test func aWatchOfNothingWaitsForTheFirst() async throws {
    try await ServedConfig.with { served in
      async let first = served.client.watchConfig(Self.request) { responses in
        for try await config in responses { return config.version }
        return 0
      }
      while served.handler.announcements.watcherCount == 0 { await Task.yield() }
      _ = try await served.put(1, service: "another")
      _ = try await served.put(1)
      #expect(try await first == 1)
    }
  }

  @Test func versionsStoredByManyWritersAllArriveOnceAndInOrder() async throws {
    try await ServedConfig.with { served in
      async let seen = served.client.watchConfig(Self.request) { responses in
        var versions: [UInt32] = []
        for try await config in responses {
          versions.append(config.version)
          if config.version == 200 { break }
        }
        return versions
      }
      while served.handler.announcements.watcherCount == 0 { await Task.yield() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<4 {
          group.addTask { for _ in 0..<50 { _ = try await served.put(Double(writer)) } }
        }
        try await group.waitForAll()
      }
      let versions = try await seen
      // It begins with what was the newest when it came.
      let first = try #require(versions.first)
      #expect(versions == Array(first...200))
    }
  }

  @Test func aWatcherThatLeavesIsForgotten() async throws {
    try await ServedConfig.with { served in
      _ = try await served.put(1)
      try await served.client.watchConfig(Self.request) { responses in
        for try await _ in responses { break }
      }
      while served.handler.announcements.watcherCount > 0 { await Task.yield() }
    }
  }

  @Test func aStopEndsWatchesWithUnavailable() async throws {
    try await ServedConfig.with { served in
      _ = try await served.put(1)
      let error = await #expect(throws: RPCError.self) {
        try await served.client.watchConfig(Self.request) { responses in
          for try await _ in responses { served.handler.endWatches() }
        }
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test func aVersionThatAnotherProcessStoredIsSeenToo() async throws {
    try await ServedConfig.with { served in
      let another = try SQLiteConfigStore(path: served.path)
      async let seen = served.client.watchConfig(Self.request) { responses in
        for try await config in responses { return config.author }
        return ""
      }
      while served.handler.announcements.watcherCount == 0 { await Task.yield() }
      _ = try await another.append(
        NewConfig(
          key: ConfigKey(service: "resume", environment: "prod"), content: .bytes([]), comment: "",
          author: "other",
          createdAt: 0, expectedVersion: nil))
      #expect(try await seen == "other")
    }
  }
}
