import NIOPosix
import Synchronization
import Testing
import WeftRPC

/// Where handlers run.
@Suite struct ExecutionTests {
  private final class Places: Sendable {
    private let seen = Mutex<[String: Bool]>([:])
    func note(_ method: String) {
      let isLoop = MultiThreadedEventLoopGroup.currentEventLoop != nil
      seen.withLock { $0[method] = isLoop }
    }
    var onLoop: [String: Bool] { seen.withLock { $0 } }
  }

  private func run(_ choice: @escaping @Sendable (String) -> HandlerExecution) async throws -> [String: Bool]
  {
    let places = Places()
    var service = EchoService(
      unary: { request, _ in
        places.note("Unary")
        return request
      },
      pure: { request, _ in
        places.note("Pure")
        return request
      },
      expand: { request, responses, _ in
        places.note("Expand")
        try await responses.write(request)
      })
    service.chosen = choice
    try await withEcho(service) { channel in
      let replies = [
        try await channel.unary(Echo.unary, Text("a")).value,
        try await channel.unary(Echo.pure, Text("a")).value,
        try await channel.serverStreaming(Echo.expand, Text("a")) { stream in
          var all = ""
          for try await part in stream { all += part.value }
          return all
        },
      ]
      #expect(replies == ["a", "a", "a"])
    }
    return places.onLoop
  }

  @Test func handlersRunOnTheEventLoopUnlessTheyAskForMore() async throws {
    #expect(try await run { _ in .eventLoop } == ["Unary": true, "Pure": true, "Expand": true])
  }

  @Test func oneWordMovesAService() async throws {
    #expect(try await run { _ in .pool } == ["Unary": false, "Pure": false, "Expand": false])
    #expect(try await run { _ in .blocking } == ["Unary": false, "Pure": false, "Expand": false])
  }

  @Test func aMethodMovesAlone() async throws {
    let threads = ThreadPoolExecutor(threads: 1)
    let places = try await run { $0 == "Pure" ? .executor(threads) : .eventLoop }
    #expect(places == ["Unary": true, "Pure": false, "Expand": true])
  }
}
