import NIOCore
import Synchronization
import Testing
import WeftHTTP2
import WeftProtobuf
import WeftRPC

@testable import weft

typealias Text = Google_Protobuf_StringValue

/// Answers with what it was given, in capitals where it is told to.
private struct Shout: RPCService {
  static let serviceName = "test.Shout"
  static var file: GeneratedFile { ProtoFile_google__protobuf__wrappers.file }
  static let say = RPCMethod<Text, Text>(service: serviceName, name: "Say", kind: .unary)
  static let chat = RPCMethod<Text, Text>(service: serviceName, name: "Chat", kind: .bidirectional)

  var say: @Sendable (Text, ServerContext) async throws -> Text = { request, _ in request }
  var suffix = ""

  func register(in router: inout RPCRouter) {
    router.unary(Self.say, handler: say)
    let suffix = suffix
    router.bidirectional(Self.chat) { requests, responses, _ in
      for try await request in requests { try await responses.write(.of(request.value + suffix)) }
    }
  }
}

extension Text {
  fileprivate static func of(_ text: String) -> Text { .with { $0.value = text } }
}

/// Keeps entries in memory.
private final class Recording: BinaryLogSink {
  private let all = Mutex<[[UInt8]]>([])
  func write(_ entry: [UInt8]) { all.withLock { $0.append(entry) } }

  func calls(methods: String? = nil) throws -> RecordedCalls {
    var recorded = RecordedCalls()
    recorded.add(try all.withLock { $0 }.map { try Grpc_Binarylog_V1_GrpcLogEntry(serialized: $0) })
    recorded.finish(methods: methods)
    return recorded
  }
}

@Suite struct ReplayTests {
  private func withShout<Result>(
    _ service: Shout = Shout(), log: BinaryLog? = nil, _ body: (WeftRPC.Channel) async throws -> Result
  ) async throws -> Result {
    var configuration = RPCServerConfiguration(insecure: true)
    configuration.binaryLog = log
    let server = RPCServer(configuration: configuration, services: [service])
    let port = try #require(try await server.start().port)
    let channel = WeftRPC.Channel(target: "ipv4:127.0.0.1:\(port)")
    do {
      let result = try await body(channel)
      await channel.shutdown()
      await server.shutdown(grace: .zero)
      return result
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
  }

  /// What a server logged of two unary calls, one of which failed, and a stream.
  private func recording(_ filter: String = "*") async throws -> Recording {
    let recording = Recording()
    let log = BinaryLog(filter: try BinaryLogFilter(filter), sink: recording)
    let service = Shout(say: { request, context in
      if request.value == "fail" { throw RPCError(.notFound, "no") }
      return .of(request.value + (context.metadata("x-suffix") ?? ""))
    })
    try await withShout(service, log: log) { channel in
      _ = try await channel.unary(
        Shout.say, .of("hello"), options: CallOptions(timeout: .seconds(20), metadata: ["x-suffix": "!"]))
      _ = try? await channel.unary(Shout.say, .of("fail"))
      try await channel.bidirectional(Shout.chat) { requests, responses in
        for text in ["a", "b"] { try await requests.write(.of(text)) }
        try await requests.finish()
        for try await _ in responses {}
      }
    }
    return recording
  }

  private func replay(_ calls: RecordedCalls, on service: Shout, speed: Double? = nil) async throws
    -> ReplayReport
  {
    try await withShout(service) { channel in
      let replay = Replay(
        channel: channel, speed: speed, concurrency: 4, timeout: .seconds(30), metadata: Metadata())
      let outcomes = await replay.run(calls.calls)
      return ReplayReport(outcomes, of: calls, elapsed: .seconds(1))
    }
  }

  @Test func callsAreReadBackAsTheyWere() async throws {
    let calls = try await recording().calls().calls
    #expect(calls.map(\.method) == ["/test.Shout/Say", "/test.Shout/Say", "/test.Shout/Chat"])
    #expect(calls.first?.metadata["x-suffix"] == "!")
    #expect(calls.first.map { $0.timeout ?? .zero > .seconds(10) } == true)
    #expect(calls.map(\.status) == [.ok, .notFound, .ok])
    #expect(calls.last?.requests.count == 2)
    #expect(calls.last?.replies.count == 2)
    #expect(!calls.contains { $0.halfClose == nil })
  }

  @Test func aServerThatAnswersAlikeIsTheSame() async throws {
    let calls = try await recording().calls()
    let service = Shout(say: { request, context in
      if request.value == "fail" { throw RPCError(.notFound, "another text") }
      return .of(request.value + (context.metadata("x-suffix") ?? ""))
    })
    let report = try await replay(calls, on: service)
    #expect(report.calls == 3)
    #expect(report.methods.map(\.same) == [1, 2])
    #expect(report.otherStatuses == 0)
    #expect(report.otherReplies == 0)
  }

  @Test func aServerThatAnswersOtherwiseIsFoundOut() async throws {
    let calls = try await recording().calls()
    let report = try await replay(calls, on: Shout(suffix: "?"))
    #expect(report.otherStatuses == 1)
    #expect(report.otherReplies == 2, "the metadata's suffix is missing, and the stream has another")
    let text = report.lines.joined(separator: "\n")
    #expect(text.contains("test.Shout/Say: 1 call answered OK instead of NOT_FOUND"))
    #expect(text.contains("3 calls in "))
  }

  @Test func aFasterReplayKeepsTheOrderAndShortensThePauses() async throws {
    let start: UInt64 = 1_000_000_000
    var calls: [RecordedCall] = []
    for index in 0..<3 {
      var call = RecordedCall(
        method: Shout.say.path, start: start + UInt64(index) * 10_000_000_000, metadata: Metadata(),
        timeout: nil)
      call.requests = [.init(offset: .zero, bytes: try Text.of("\(index)").serialized())]
      call.halfClose = .zero
      call.status = .ok
      calls.append(call)
    }
    let seen = Mutex<[String]>([])
    let service = Shout(say: { request, _ in
      seen.withLock { $0.append(request.value) }
      return request
    })
    let began = ContinuousClock.now
    _ = try await withShout(service) { channel in
      await Replay(
        channel: channel, speed: 1_000, concurrency: 1, timeout: .seconds(30), metadata: Metadata()
      )
      .run(calls)
    }
    #expect(seen.withLock { $0 } == ["0", "1", "2"])
    #expect(.now - began >= .milliseconds(20), "twenty seconds, a thousand times as fast")
  }

  @Test func metadataCanBeAdded() async throws {
    let seen = Mutex<[String?]>([])
    let service = Shout(say: { request, context in
      seen.withLock { $0.append(context.metadata("authorization")) }
      return request
    })
    let calls = try await recording().calls(methods: "Say")
    _ = try await withShout(service) { channel in
      await Replay(
        channel: channel, speed: nil, concurrency: 1, timeout: .seconds(30),
        metadata: try Metadata(headers: ["Authorization: Bearer x"])
      ).run(calls.calls)
    }
    #expect(seen.withLock { $0 } == ["Bearer x", "Bearer x"])
  }

  @Test func callsThatAreNotWholeAreLeftOutAndCounted() async throws {
    let cut = try await recording("test.Shout/Say{h;m:2},test.Shout/Chat").calls()
    #expect(cut.calls.map(\.method) == ["/test.Shout/Chat"])
    #expect(cut.leftOut == [.init(method: "/test.Shout/Say", reason: "a request is cut"): 2])
    var broken = RecordedCalls()
    var entry = Grpc_Binarylog_V1_GrpcLogEntry()
    entry.callID = 1
    entry.sequenceIDWithinCall = 2
    entry.type = .clientHalfClose
    broken.add([entry])
    broken.finish(methods: nil)
    #expect(broken.calls.isEmpty)
    #expect(broken.leftOut == [.init(method: nil, reason: "the log does not have the beginning"): 1])
  }

  @Test func everyCallOfTheLogIsInOneColumn() async throws {
    typealias Entry = Grpc_Binarylog_V1_GrpcLogEntry
    var calls = RecordedCalls()
    func add(
      _ id: UInt64, _ types: [Entry.EventType], by logger: Entry.Logger = .server, from first: UInt64 = 1
    ) throws {
      for (index, type) in types.enumerated() {
        var entry = Entry()
        entry.callID = id
        entry.logger = logger
        entry.sequenceIDWithinCall = first + UInt64(index)
        entry.type = type
        switch type {
        case .clientHeader: entry.payload = .clientHeader(.with { $0.methodName = Shout.say.path })
        case .clientMessage, .serverMessage:
          let data = try Text.of("x").serialized()
          entry.payload = .message(.with { $0.data = data })
        // The second says NOT_FOUND.
        case .serverTrailer: entry.payload = .trailer(.with { $0.statusCode = id == 2 ? 5 : 0 })
        default: break
        }
        calls.add([entry])
      }
    }
    try add(1, [.clientHeader, .clientMessage, .clientHalfClose, .serverMessage, .serverTrailer])
    try add(2, [.clientHeader, .clientMessage, .clientHalfClose, .serverTrailer])
    try add(3, [.clientHeader, .clientMessage, .clientHalfClose, .serverTrailer])
    try add(4, [.clientHeader, .clientMessage, .cancel])
    try add(5, [.clientHeader, .clientMessage])
    try add(6, [.clientMessage, .serverTrailer], from: 2)
    try add(7, [.clientHeader, .cancel])
    try add(8, [.clientHeader, .clientMessage], by: .client)
    calls.finish(methods: nil)
    let report = try await replay(calls, on: Shout())
    let say = try #require(report.methods.first { $0.name == "test.Shout/Say" })
    #expect(say.recorded == 7)
    #expect([say.same, say.otherStatus, say.otherReplies, say.notCompared, say.leftOut] == [1, 1, 1, 3, 1])
    let unknown = try #require(report.methods.first { $0.name == "(unknown)" })
    #expect([unknown.recorded, unknown.leftOut] == [1, 1])
    let text = report.lines.joined(separator: "\n")
    #expect(text.contains("test.Shout/Say: 2 calls not compared: its caller broke it off"))
    #expect(text.contains("test.Shout/Say: 1 call not compared: the log does not have the end"))
    #expect(text.contains("(unknown): 1 call left out: the log does not have the beginning"))
    #expect(text.contains("test.Shout/Say: 1 call left out: a client logged it, and a server logged its own"))
    #expect(text.contains("6 calls in "))
  }

  @Test func methodsThatNobodyWantsAreTold() async throws {
    let calls = try await recording().calls(methods: "Say")
    let report = try await replay(calls, on: Shout())
    #expect(report.methods.map(\.recorded) == [2])
    #expect(report.reasons.contains("1 call of other methods"))
  }

  @Test(arguments: ["0", "-1", "fast", "", "nan", "inf"])
  func aSpeedThatIsNoneIsRefused(text: String) {
    #expect(throws: (any Error).self) { try ReplayCommand.pace(text) }
  }

  @Test func speedsAreRead() throws {
    #expect(try ReplayCommand.pace("max") == nil)
    #expect(try ReplayCommand.pace("0.5") == 0.5)
  }
}
