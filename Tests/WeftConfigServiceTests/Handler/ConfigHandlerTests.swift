import Testing
import WeftProtobuf
import WeftRPC

@testable import WeftConfigService

@Suite struct ConfigHandlerTests {
  @Test func aPutAnswersWithTheVersionItStored() async throws {
    try await ServedConfig.with(clock: { 1_700_000_000_123_456 }) { served in
      let stored = try await served.put(1, comment: "first")
      #expect(stored.version == 1)
      #expect(stored.comment == "first")
      #expect(stored.author == "anonymous")
      #expect(stored.createTime?.seconds == 1_700_000_000)
      #expect(stored.createTime?.nanos == 123_456_000)
      #expect(try await served.get() == stored)
    }
  }

  @Test func anOldVersionIsReadByItsNumber() async throws {
    try await ServedConfig.with { served in
      let first = try await served.put(1)
      _ = try await served.put(2)
      #expect(try await served.get(version: 1) == first)
      #expect(try await served.get().version == 2)
    }
  }

  @Test func aStaleExpectationIsAborted() async throws {
    try await ServedConfig.with { served in
      _ = try await served.put(1)
      let error = await #expect(throws: RPCError.self) { try await served.put(2, expected: 3) }
      #expect(error?.code == .aborted)
      #expect(error?.message == "expected_version is 3, but the current version is 1; nothing was stored")
      #expect(try await served.get().version == 1)
    }
  }

  @Test func whatIsNotThereIsNotFound() async throws {
    try await ServedConfig.with { served in
      let none = await #expect(throws: RPCError.self) { try await served.get() }
      #expect(none?.code == .notFound)
      _ = try await served.put(1)
      let version = await #expect(throws: RPCError.self) { try await served.get(version: 2) }
      #expect(version?.message.hasPrefix("there is no version 2") == true)
    }
  }

  @Test func everyBadFieldIsNamedWithDetails() async throws {
    try await ServedConfig.with { served in
      var request = Weft_Config_V1_PutConfigRequest()
      request.service = "No Good"
      request.environment = String(repeating: "x", count: 64)
      request.comment = String(repeating: "c", count: 1_025)
      let bad = request
      let error = await #expect(throws: RPCError.self) { try await served.client.putConfig(bad) }
      #expect(error?.code == .invalidArgument)
      let status = try Google_Rpc_Status(serialized: try #require(error?.details))
      let details = try Google_Rpc_BadRequest(serialized: try #require(status.details.first).value)
      #expect(details.fieldViolations.map(\.field) == ["service", "environment", "comment", "config"])
    }
  }

  @Test func whatHasNoJSONFormIsRefusedByItsPath() async throws {
    try await ServedConfig.with { served in
      var request = Weft_Config_V1_PutConfigRequest()
      request.service = "resume"
      request.environment = "prod"
      var number = Google_Protobuf_Value()
      number.kind = .numberValue(.nan)
      var list = Google_Protobuf_ListValue()
      list.values = [number, Google_Protobuf_Value()]
      var holder = Google_Protobuf_Value()
      holder.kind = .listValue(list)
      request.config = .with { $0.fields = ["a": holder] }
      let bad = request
      let error = await #expect(throws: RPCError.self) { try await served.client.putConfig(bad) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains("config.a[0]: must be a finite number") == true)
      #expect(error?.message.contains("config.a[1]: has no value") == true)
    }
  }

  @Test(arguments: ["a\0b", "\u{1B}[31m", "\u{7F}", "a\rb"])
  func controlCharactersInACommentAreRefused(comment: String) async throws {
    try await ServedConfig.with { served in
      let error = await #expect(throws: RPCError.self) { try await served.put(1, comment: comment) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.hasPrefix("comment: ") == true)
    }
  }

  @Test func aCommentOfSeveralLinesComesBackWhole() async throws {
    try await ServedConfig.with { served in
      _ = try await served.put(1, comment: "first\n\tsecond 中文")
      #expect(try await served.get().comment == "first\n\tsecond 中文")
    }
  }

  @Test func contentOverTheLimitIsRefused() async throws {
    try await ServedConfig.with { served in
      var request = Weft_Config_V1_PutConfigRequest()
      request.service = "resume"
      request.environment = "prod"
      request.config = try Google_Protobuf_Struct(
        jsonString: "{\"x\":\"\(String(repeating: "y", count: 1 << 20))\"}")
      let large = request
      let error = await #expect(throws: RPCError.self) { try await served.client.putConfig(large) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.hasPrefix("config: is ") == true)
    }
  }

  @Test func listsArePagedByToken() async throws {
    try await ServedConfig.with { served in
      for number in 1...5 { _ = try await served.put(Double(number)) }
      var request = Weft_Config_V1_ListVersionsRequest()
      request.service = "resume"
      request.environment = "prod"
      request.pageSize = 2
      var pages: [[UInt32]] = []
      repeat {
        let page = try await served.client.listVersions(request)
        pages.append(page.versions.map(\.version))
        request.pageToken = page.nextPageToken
      } while !request.pageToken.isEmpty
      #expect(pages == [[5, 4], [3, 2], [1]])
    }
  }

  @Test(arguments: ["x", "before-", "before--1", "before-99999999999"])
  func aForeignPageTokenIsRefused(token: String) async throws {
    try await ServedConfig.with { served in
      var request = Weft_Config_V1_ListVersionsRequest()
      request.service = "resume"
      request.environment = "prod"
      request.pageToken = token
      let bad = request
      let error = await #expect(throws: RPCError.self) { try await served.client.listVersions(bad) }
      #expect(error?.message.hasPrefix("page_token: ") == true)
    }
  }

  @Test func aRollbackSaysWhereItCameFrom() async throws {
    try await ServedConfig.with { served in
      let first = try await served.put(1)
      _ = try await served.put(2)
      var request = Weft_Config_V1_RollbackConfigRequest()
      request.service = "resume"
      request.environment = "prod"
      request.version = 1
      let made = try await served.client.rollbackConfig(request)
      #expect(made.version == 3)
      #expect(made.config == first.config)
      #expect(made.comment == "rollback to version 1")
    }
  }
}
