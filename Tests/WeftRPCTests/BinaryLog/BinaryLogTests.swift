import Synchronization
import Testing
import WeftProtobuf

@testable import WeftRPC

typealias LogEntry = Grpc_Binarylog_V1_GrpcLogEntry

/// Keeps entries in memory.
final class EntryList: BinaryLogSink {
  private let all = Mutex<[[UInt8]]>([])
  private let written = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  func write(_ entry: [UInt8]) {
    all.withLock { $0.append(entry) }
    written.continuation.yield()
  }

  /// Returns when there is such an entry. A client's loop writes the end of a call that was left after
  /// the caller has gone on.
  func wait(for type: LogEntry.EventType, of logger: LogEntry.Logger) async throws {
    var news = written.stream.makeAsyncIterator()
    while try !entries(logger).contains(where: { $0.type == type }) { await news.next() }
  }

  func entries(_ logger: LogEntry.Logger) throws -> [LogEntry] {
    try all.withLock { $0 }.map { try LogEntry(serialized: $0) }.filter { $0.logger == logger }
  }
}

@Suite struct BinaryLogTests {
  /// Both sides' entries of calls.
  private func logged(
    _ filter: String = "*", _ service: EchoService = EchoService(), until last: LogEntry.EventType? = nil,
    _ body: (Channel) async throws -> Void
  ) async throws -> (client: [LogEntry], server: [LogEntry]) {
    let entries = EntryList()
    let log = BinaryLog(filter: try BinaryLogFilter(filter), sink: entries)
    var configuration = RPCServerConfiguration.plain
    configuration.binaryLog = log
    var options = ChannelOptions()
    options.binaryLog = log
    try await withEcho(service, configuration: configuration, options: options, body)
    if let last { try await entries.wait(for: last, of: .client) }
    return (try entries.entries(.client), try entries.entries(.server))
  }

  private static let whole: [LogEntry.EventType] = [
    .clientHeader, .clientMessage, .clientHalfClose, .serverHeader, .serverMessage, .serverTrailer,
  ]

  @Test func aUnaryCallIsKeptByBothSides() async throws {
    let metadata: Metadata = ["x-tenant": "blue", "authorization": "Bearer secret", "x-raw-bin": "AAEC"]
    let (client, server) = try await logged { channel in
      _ = try await channel.unary(
        Echo.unary, Text("hi"), options: CallOptions(timeout: .seconds(300), metadata: metadata))
    }
    for entries in [client, server] {
      #expect(entries.map(\.type) == Self.whole)
      #expect(entries.map(\.sequenceIDWithinCall) == [1, 2, 3, 4, 5, 6])
      #expect(Set(entries.map(\.callID)).count == 1)
      #expect(entries.first.map { $0.callID > 0 } == true)
      #expect(!entries.contains { $0.timestamp == nil || $0.payloadTruncated })
      let header = try #require(entries.first?.clientHeader)
      #expect(header.methodName == "/test.Echo/Unary")
      #expect(header.authority.hasPrefix("127.0.0.1:"))
      let timeout = try #require(header.timeout).duration
      #expect(timeout > .seconds(150) && timeout <= .seconds(300))
      let fields = header.metadata?.entry.map { $0.key } ?? []
      #expect(fields == ["x-tenant", "x-raw-bin"], "no credentials, nothing of the protocol")
      #expect(header.metadata?.entry.last?.value == [0, 1, 2])
      let request = try #require(entries[1].message)
      #expect(try Text(serialized: request.data).value == "hi")
      #expect(Int(request.length) == request.data.count)
      #expect(entries.last?.trailer?.statusCode == 0)
    }
    // Each side tells of the other end once, with the first that came from it.
    #expect(server.map { $0.peer != nil } == [true, false, false, false, false, false])
    #expect(client.map { $0.peer != nil } == [false, false, false, true, false, false])
    #expect(server.first?.peer?.type == .ipv4)
    #expect(server.first?.peer?.address == "127.0.0.1")
  }

  @Test func aFailedCallIsKeptWithItsStatus() async throws {
    let refusing = EchoService(unary: { _, _ in
      throw RPCError(.notFound, "no such thing", details: [1], metadata: ["x-why": "because"])
    })
    let (client, server) = try await logged("*", refusing) { channel in
      _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
    }
    for entries in [client, server] {
      let trailer = try #require(entries.last?.trailer)
      #expect(trailer.statusCode == 5)
      #expect(trailer.statusMessage == "no such thing")
      #expect(trailer.statusDetails == [1])
      #expect(trailer.metadata?.entry.map(\.key) == ["x-why"])
      #expect(!entries.contains { $0.type == .serverMessage })
    }
  }

  @Test func everyMessageOfAStreamIsKept() async throws {
    let (client, server) = try await logged { channel in
      try await channel.bidirectional(Echo.chat) { requests, responses in
        for text in ["a", "b"] { try await requests.write(Text(text)) }
        try await requests.finish()
        for try await _ in responses {}
      }
    }
    for entries in [client, server] {
      for type in [LogEntry.EventType.clientMessage, .serverMessage] {
        let texts = try entries.filter { $0.type == type }.map {
          try Text(serialized: $0.message?.data ?? []).value
        }
        #expect(texts == ["a", "b"])
      }
      #expect(entries.count { $0.type == .clientHalfClose } == 1)
    }
  }

  @Test func aCallThatItsCallerLeavesIsKeptAsCancelled() async throws {
    let (client, _) = try await logged(until: .cancel) { channel in
      try await channel.bidirectional(Echo.chat) { requests, responses in
        try await requests.write(Text("a"))
        for try await _ in responses { break }
      }
    }
    #expect(client.last?.type == .cancel)
  }

  @Test func whatIsLongerThanTheFilterSaysIsCutAndMarked() async throws {
    let (client, server) = try await logged("*{h:10;m:4}") { channel in
      _ = try await channel.unary(
        Echo.unary, Text("0123456789"), options: CallOptions(metadata: ["k": "short", "long": "0123456789"]))
    }
    for entries in [client, server] {
      let header = try #require(entries.first)
      #expect(header.payloadTruncated)
      #expect(header.clientHeader?.metadata?.entry.map(\.key) == ["k"])
      let message = try #require(entries.first { $0.type == .clientMessage })
      #expect(message.payloadTruncated)
      #expect(message.message?.length == 12)
      #expect(message.message?.data.count == 4)
    }
  }

  @Test func whatTheFilterLeavesOutIsNotKept() async throws {
    let (client, server) = try await logged("test.Echo/Pure") { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
      _ = try await channel.unary(Echo.pure, Text("x"))
    }
    #expect(client.count == 6)
    #expect(server.count == 6)
    #expect(client.first?.clientHeader?.methodName == "/test.Echo/Pure")
  }

  @Test func aPackedMessageIsKeptUnpacked() async throws {
    let long = String(repeating: "packed ", count: 500)
    let (client, server) = try await logged { channel in
      var options = CallOptions()
      options.compression = .gzip
      _ = try await channel.unary(Echo.unary, Text(long), options: options)
    }
    for entries in [client, server] {
      let message = try #require(entries.first { $0.type == .clientMessage }?.message)
      #expect(try Text(serialized: message.data).value == long)
    }
  }
}
