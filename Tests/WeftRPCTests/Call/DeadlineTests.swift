import NIOCore
import Synchronization
import Testing

@testable import WeftRPC

@Suite struct DeadlineTests {
  @Test func callThatTakesTooLongEndsWithDeadlineExceeded() async throws {
    let service = EchoService(unary: { request, _ in
      try await Task.sleep(for: .seconds(3600))
      return request
    })
    let error = await rpcError {
      try await withEcho(service) {
        _ = try await $0.unary(Echo.unary, Text("x"), options: CallOptions(timeout: .milliseconds(30)))
      }
    }
    #expect(error?.code == .deadlineExceeded)
  }

  @Test func handlerSeesTheDeadlineAndIsCancelledByIt() async throws {
    let started = Counter()
    let cancelled = AsyncStream.makeStream(of: Bool.self)
    let service = EchoService(unary: { request, context in
      started.add(1)
      do {
        try await Task.sleep(for: .seconds(3600))
      } catch {
        cancelled.continuation.yield(context.deadline != nil && context.isCancelled)
      }
      return request
    })
    try await withEcho(service) { channel in
      // On a busy machine the deadline may pass before the call has reached the handler.
      repeat {
        let options = CallOptions(timeout: .milliseconds(50))
        _ = await rpcError { _ = try await channel.unary(Echo.unary, Text("x"), options: options) }
      } while started.value == 0
      var seen = cancelled.stream.makeAsyncIterator()
      #expect(await seen.next() == true)
    }
  }

  @Test func callMadeWhileServingInheritsTheDeadline() async throws {
    let seen = Mutex<ContinuousClock.Instant?>(nil)
    let backend = EchoService(unary: { request, context in
      seen.withLock { $0 = context.deadline }
      return request
    })
    try await withEcho(backend) { inner in
      let front = EchoService(unary: { request, _ in try await inner.unary(Echo.unary, request) })
      try await withEcho(front) { outer in
        let before = ContinuousClock.now
        _ = try await outer.unary(Echo.unary, Text("x"), options: CallOptions(timeout: .seconds(60)))
        let deadline = try #require(seen.withLock { $0 })
        #expect(deadline > before + .seconds(30))
        #expect(deadline <= ContinuousClock.now + .seconds(60))
      }
    }
  }

  @Test(arguments: [
    ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("3S", .seconds(3)), ("4m", .milliseconds(4)),
    ("5u", .microseconds(5)), ("99999999n", .nanoseconds(99_999_999)),
  ])
  func timeoutTextIsRead(text: String, duration: Duration) {
    #expect(GRPCTimeout.parse(text) == duration)
  }

  @Test(arguments: ["", "1", "S", "-1S", "1.5S", "123456789S", "1 S", "1s", "１S"])
  func brokenTimeoutTextIsRefused(text: String) {
    #expect(GRPCTimeout.parse(text) == nil)
  }

  @Test(arguments: [
    Duration.nanoseconds(1), .nanoseconds(99_999_999), .milliseconds(150), .seconds(60), .seconds(100_000),
    .seconds(200_000_000),
  ])
  func timeoutTextIsNeverShorterThanTheTimeout(duration: Duration) throws {
    let text = GRPCTimeout.format(duration)
    #expect(text.utf8.count <= 9)
    let parsed = try #require(GRPCTimeout.parse(text))
    #expect(parsed >= duration)
    #expect(parsed <= duration * 1.01 + .seconds(60))
  }
}
