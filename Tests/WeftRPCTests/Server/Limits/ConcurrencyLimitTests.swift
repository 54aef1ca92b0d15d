import Testing
import WeftProtobuf

@testable import WeftRPC

/// Servers that serve so many calls at a time and no more.
@Suite struct ConcurrencyLimitTests {
  /// A handler that waits until it is told to go on.
  private final class Gate: Sendable {
    private let started = AsyncStream.makeStream(of: Void.self)
    private let opened = AsyncStream.makeStream(of: Void.self)

    func pass() async {
      started.continuation.yield()
      for await _ in opened.stream { return }
    }

    func waitForOne() async {
      for await _ in started.stream { return }
    }

    func open() { opened.continuation.yield() }
  }

  private static var once: ChannelOptions { .neverRetry }

  private func service(_ gate: Gate) -> EchoService {
    EchoService(unary: { request, _ in
      await gate.pass()
      return request
    })
  }

  private func pushback(_ error: RPCError?) -> Int? {
    // The client keeps what is the protocol's own out of the application's metadata; the details say the same.
    error?.details(of: Google_Rpc_RetryInfo.self).first?.retryDelay.map { Int($0.nanos / 1_000_000) }
  }

  @Test func aCallOverTheServersLimitIsRefusedUntilAnotherEnds() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.concurrencyLimit = .fixed(1)
    let gate = Gate()
    try await withEcho(service(gate), configuration: configuration, options: Self.once) { channel in
      async let first = channel.unary(Echo.unary, Text("1"))
      await gate.waitForOne()
      let refused = await rpcError { _ = try await channel.unary(Echo.pure, Text("2")) }
      #expect(refused?.code == .resourceExhausted)
      #expect(refused?.message == "this server serves at most 1 calls at a time")
      #expect(pushback(refused).map { (50...150).contains($0) } == true)
      gate.open()
      let reply = try await first.value
      #expect(reply == "1")
      // The place is given back a moment after the reply has left.
      var next: Text?
      while next == nil { next = try? await channel.unary(Echo.pure, Text("3")) }
      #expect(next?.value == "3")
    }
  }

  @Test func aMethodsLimitHoldsForItAlone() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.methodLimits = ["/test.Echo/Unary": .fixed(1)]
    let gate = Gate()
    try await withEcho(service(gate), configuration: configuration, options: Self.once) { channel in
      async let first = channel.unary(Echo.unary, Text("1"))
      await gate.waitForOne()
      let refused = await rpcError { _ = try await channel.unary(Echo.unary, Text("2")) }
      #expect(refused?.code == .resourceExhausted)
      #expect(refused?.message == "/test.Echo/Unary serves at most 1 calls at a time")
      let other = try await channel.unary(Echo.pure, Text("3")).value
      #expect(other == "3")
      gate.open()
      _ = try await first
    }
  }

  @Test func aStarGivesEachMethodOfAServiceALimitOfItsOwn() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.methodLimits = ["/test.Echo/*": .fixed(1)]
    let limits = CallLimits(configuration)
    let unary = try #require(limits.limits(of: Echo.unary.untyped))
    let pure = try #require(limits.limits(of: Echo.pure.untyped))
    #expect(unary.acquire() == nil)
    #expect(pure.acquire() == nil)
    #expect(unary.acquire()?.error.code == .resourceExhausted)
    #expect(limits.limits(of: MethodPath(path: "/test.Other/X")) == nil)
    configuration.methodLimits["*"] = .fixed(2)
    let other = try #require(CallLimits(configuration).limits(of: MethodPath(path: "/test.Other/X")))
    #expect(other.acquire() == nil)
    #expect(other.acquire() == nil)
    #expect(other.acquire()?.error.message.contains("at most 2") == true)
  }

  @Test func healthIsToldHoweverMuchThereIsToDo() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.concurrencyLimit = .fixed(1)
    let gate = Gate()
    try await withEcho(service(gate), configuration: configuration, options: Self.once) { channel in
      async let first = channel.unary(Echo.unary, Text("1"))
      await gate.waitForOne()
      let health = try await Grpc_Health_V1_HealthClient(channel).check(.init())
      #expect(health.status == .serving)
      gate.open()
      _ = try await first
    }
  }

  @Test func aHandlerKeepsItsPlaceWhenItsCallerHasGone() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.concurrencyLimit = .fixed(1)
    let started = AsyncStream.makeStream(of: Void.self)
    let gate = AsyncStream.makeStream(of: Void.self)
    let service = EchoService(unary: { request, _ in
      started.continuation.yield()
      // Deaf to cancellation.
      await Task.detached { for await _ in gate.stream { return } }.value
      return request
    })
    try await withEcho(service, configuration: configuration, options: Self.once) { channel in
      let left = Task { try await channel.unary(Echo.unary, Text("1")) }
      for await _ in started.stream { break }
      left.cancel()
      _ = await left.result
      let refused = await rpcError { _ = try await channel.unary(Echo.pure, Text("2")) }
      #expect(refused?.code == .resourceExhausted)
      gate.continuation.yield()
      var next: Text?
      while next == nil { next = try? await channel.unary(Echo.pure, Text("3")) }
    }
  }

  @Test func callsThatNeverBecomeHandlersGiveTheirPlacesBack() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.concurrencyLimit = .fixed(1)
    configuration.maxRequestBytes = 10
    try await withEcho(configuration: configuration, options: Self.once) { channel in
      for _ in 0..<3 {
        let error = await rpcError {
          _ = try await channel.unary(Echo.unary, Text(String(repeating: "x", count: 100)))
        }
        #expect(error?.message.contains("10") == true)
      }
      let reply = try await channel.unary(Echo.unary, Text("x")).value
      #expect(reply == "x")
    }
  }

  @Test func streamsAndPoolHandlersGiveTheirPlacesBack() async throws {
    var configuration = RPCServerConfiguration.plain
    configuration.concurrencyLimit = .fixed(1)
    for execution in [HandlerExecution.eventLoop, .pool] {
      var service = EchoService()
      service.chosen = { _ in execution }
      try await withEcho(service, configuration: configuration, options: Self.once) { channel in
        for _ in 0..<3 {
          var said: String?
          while said == nil {
            said = try? await channel.serverStreaming(Echo.expand, Text("ab")) { stream in
              var all = ""
              for try await part in stream { all += part.value }
              return all
            }
          }
          #expect(said == "ab")
        }
      }
    }
  }

  @Test func anAdaptiveLimitCountsNoStreams() {
    var configuration = RPCServerConfiguration.plain
    configuration.concurrencyLimit = .adaptive()
    let limits = CallLimits(configuration)
    #expect(limits.limits(of: Echo.unary.untyped) != nil)
    #expect(limits.limits(of: Echo.chat.untyped) == nil)
  }

  @Test func pushbackTellsWhenToTryAgainOrNotTo() {
    let later = RPCError(.unavailable, "busy").pushingBack(.milliseconds(1500))
    #expect(later.trailers["grpc-retry-pushback-ms"] == "1500")
    #expect(later.details(of: Google_Rpc_RetryInfo.self).first?.retryDelay?.seconds == 1)
    let never = RPCError(.unavailable, "busy").pushingBack(nil)
    #expect(never.trailers["grpc-retry-pushback-ms"] == "-1")
  }
}
