import InMemoryLogging
import Logging
import struct NIOCore.ByteBuffer
import Synchronization
import Testing
import WeftRPC

/// What stands around calls.
@Suite struct InterceptorTests {
  private final class Log: Sendable {
    private let entries = Mutex<[String]>([])
    var all: [String] { entries.withLock { $0 } }
    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
  }

  private struct Tracing: ClientInterceptor, ServerInterceptor {
    let name: String
    let log: Log

    func intercept<Result>(
      _ method: MethodPath, options: CallOptions, _ next: (CallOptions) async throws -> Result
    ) async throws -> Result {
      log.add("\(name) before \(method.path)")
      var options = options
      options.metadata.add(name, for: "x-trace")
      defer { log.add("\(name) after") }
      return try await next(options)
    }

    func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws {
      log.add("\(name) before \(context.method)")
      context.addInitialMetadata(name, for: "x-trace")
      defer { log.add("\(name) after") }
      try await next()
    }
  }

  private struct Refusing: ClientInterceptor, ServerInterceptor {
    func intercept<Result>(
      _ method: MethodPath, options: CallOptions, _ next: (CallOptions) async throws -> Result
    ) async throws -> Result {
      throw RPCError(.permissionDenied, "not from here")
    }

    func intercept(_ context: ServerContext, _ next: () async throws -> Void) async throws {
      throw RPCError(.permissionDenied, "not to here")
    }
  }

  @Test func clientInterceptorsStandAroundCallsInOrder() async throws {
    let log = Log()
    let service = EchoService(unary: { _, context in
      Text(context.metadata.values(for: "x-trace").joined(separator: ","))
    })
    let options = ChannelOptions(interceptors: [Tracing(name: "a", log: log), Tracing(name: "b", log: log)])
    try await withEcho(service, options: options) { channel in
      let said = try await channel.unary(Echo.unary, Text("x")).value
      #expect(said == "a,b")
      #expect(log.all == ["a before /test.Echo/Unary", "b before /test.Echo/Unary", "b after", "a after"])
      try await channel.serverStreaming(Echo.expand, Text("x")) { stream in
        for try await _ in stream {}
      }
      #expect(log.all.count == 8)
    }
  }

  /// Of "one", "all", "service" and "none", the first three stand around a unary call, "all" and "service" around others
  /// of the service.
  private func expectThoseAround(_ channel: Channel, in log: Log) async throws {
    _ = try await channel.unary(Echo.unary, Text("x"))
    #expect(
      log.all.filter { $0.contains("before") }
        == ["one", "all", "service"].map { "\($0) before /test.Echo/Unary" })
    try await channel.serverStreaming(Echo.expand, Text("x")) { stream in
      for try await _ in stream {}
    }
    #expect(
      Array(log.all.filter { $0.contains("before") }.dropFirst(3))
        == ["all", "service"].map { "\($0) before \(Echo.expand.untyped.path)" })
  }

  @Test func clientInterceptorsForSomeMethodsStandAroundThoseAloneAndInTheirPlace() async throws {
    let log = Log()
    let interceptors: [any ClientInterceptor] = [
      Tracing(name: "one", log: log).only(for: "/test.Echo/Unary"),
      Tracing(name: "all", log: log),
      Tracing(name: "service", log: log).only(for: "/other.Service/*", "/test.Echo/*"),
      Tracing(name: "none", log: log).only(for: "/test.Echo/Un*", "/test.Ech/*", "*"),
    ]
    try await withEcho(options: ChannelOptions(interceptors: interceptors)) { channel in
      try await expectThoseAround(channel, in: log)
    }
  }

  @Test func aWrappedClientInterceptorStillKeepsToItsMethods() async throws {
    let log = Log()
    let scoped: ScopedClientInterceptor =
      Tracing(name: "one", log: log).only(for: "/test.Echo/Pure").only(for: "/test.Echo/*")
    try await withEcho(options: ChannelOptions(interceptors: [scoped])) { channel in
      _ = try await channel.unary(Echo.unary, Text("x"))
      #expect(log.all.isEmpty)
      _ = try await channel.unary(Echo.pure, Text("x"))
      #expect(log.all.first == "one before /test.Echo/Pure")
    }
  }

  @Test func serverInterceptorsStandAroundHandlersInOrder() async throws {
    let log = Log()
    let service = EchoService(unary: { request, _ in
      log.add("handler")
      return request
    })
    try await withEcho(service, interceptors: [Tracing(name: "a", log: log), Tracing(name: "b", log: log)]) {
      channel in
      let reply = try await channel.unary(
        Echo.unary.untyped, ByteBuffer(bytes: try Text("x").serialized()), options: CallOptions())
      #expect(reply.metadata.values(for: "x-trace") == ["a", "b"])
    }
    #expect(log.all.prefix(3) == ["a before /test.Echo/Unary", "b before /test.Echo/Unary", "handler"])
  }

  @Test func interceptorsForSomeMethodsStandAroundThoseAloneAndInTheirPlace() async throws {
    let log = Log()
    let interceptors: [any ServerInterceptor] = [
      Tracing(name: "one", log: log).only(for: "/test.Echo/Unary"),
      Tracing(name: "all", log: log),
      Tracing(name: "service", log: log).only(for: "/other.Service/*", "/test.Echo/*"),
      Tracing(name: "none", log: log).only(for: "/test.Echo/Un*", "/test.Ech/*", "*"),
    ]
    try await withEcho(interceptors: interceptors) { channel in
      try await expectThoseAround(channel, in: log)
    }
  }

  @Test func patternThatFitsNoMethodIsNamed() async throws {
    let log = InMemoryLogHandler()
    _ = RPCServer(
      configuration: RPCServerConfiguration(), services: [EchoService()],
      interceptors: [Refusing().only(for: "/test.Echo/Unary", "/test.Echo/unary")],
      logger: Logger(label: "test") { _ in log })
    #expect(log.entries.map(\.level) == [.warning])
    #expect(log.entries.map(\.metadata) == [["pattern": "/test.Echo/unary"]])
  }

  @Test func callThatAnInterceptorRefusesReachesNobody() async throws {
    let runs = Counter()
    let service = EchoService(unary: { request, _ in
      runs.add(1)
      return request
    })
    try await withEcho(service, options: ChannelOptions(interceptors: [Refusing()])) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message == "not from here")
    }
    try await withEcho(service, interceptors: [Refusing()]) { channel in
      let error = await rpcError { _ = try await channel.unary(Echo.unary, Text("x")) }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message == "not to here")
      let streaming = await rpcError {
        try await channel.serverStreaming(Echo.expand, Text("x")) { stream in
          for try await _ in stream {}
        }
      }
      #expect(streaming?.code == .permissionDenied)
    }
    #expect(runs.value == 0)
  }
}
