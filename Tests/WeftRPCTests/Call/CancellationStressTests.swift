import Synchronization
import Testing
import WeftRPC

/// Calls of every kind that are broken off at any point: each ends once, handlers end too, and the connection
/// goes on serving.
@Suite struct CancellationStressTests {
  /// Handlers that run now.
  private final class Running: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    func during<Result>(_ body: () async throws -> Result) async rethrows -> Result {
      count.wrappingAdd(1, ordering: .acquiringAndReleasing)
      defer { count.wrappingSubtract(1, ordering: .acquiringAndReleasing) }
      return try await body()
    }
  }

  private static func service(_ running: Running) -> EchoService {
    EchoService(
      unary: { request, _ in
        await running.during { await Task.yield() }
        return request
      },
      expand: { request, responses, _ in
        try await running.during { for _ in 0..<50 { try await responses.write(request) } }
      },
      collect: { requests, _ in
        try await running.during {
          for try await _ in requests {}
          return Text("done")
        }
      },
      chat: { requests, responses, _ in
        try await running.during { for try await request in requests { try await responses.write(request) } }
      })
  }

  /// One call of one kind, from its beginning to its end.
  private static func call(_ kind: CallKind, _ channel: Channel) async throws {
    let text = Text(String(repeating: "x", count: 5000))
    switch kind {
    case .unary:
      _ = try await channel.unary(Echo.unary, text)
    case .serverStreaming:
      try await channel.serverStreaming(Echo.expand, text) { for try await _ in $0 {} }
    case .clientStreaming:
      _ = try await channel.clientStreaming(Echo.collect) { for _ in 0..<50 { try await $0.write(text) } }
    case .bidirectional:
      try await channel.bidirectional(Echo.chat) { requests, responses in
        var replies = responses.makeAsyncIterator()
        for _ in 0..<20 {
          try await requests.write(text)
          _ = try await replies.next()
        }
        try await requests.finish()
        while try await replies.next() != nil {}
      }
    }
  }

  @Test(arguments: [CallKind.unary, .serverStreaming, .clientStreaming, .bidirectional])
  func callsBrokenOffAnywhereEndOnceAndLeaveNothingBehind(_ kind: CallKind) async throws {
    let running = Running()
    try await withEcho(Self.service(running)) { channel in
      // Few of the unary ones: they are kept as failed calls, and would push out those of other tests.
      for round in 0..<(kind == .unary ? 30 : 300) {
        let call = Task { try await Self.call(kind, channel) }
        for _ in 0..<(round % 60) { await Task.yield() }
        call.cancel()
        switch await call.result {
        case .success, .failure(is CancellationError): break
        case .failure(let error as RPCError): #expect(error.code == .cancelled, "\(error)")
        case .failure(let error): Issue.record(error)
        }
      }
      // What is left of the handlers has its turns while other calls are served.
      while running.value > 0 { _ = try await channel.unary(Echo.pure, Text("x")) }
      try await Self.call(kind, channel)
    }
  }

  @Test(arguments: [CallKind.unary, .serverStreaming, .clientStreaming, .bidirectional])
  func callThatIsCancelledBeforeItBeginsNeverBegins(_ kind: CallKind) async throws {
    try await withEcho(Self.service(Running())) { channel in
      let call = Task {
        while !Task.isCancelled { await Task.yield() }
        try await Self.call(kind, channel)
      }
      call.cancel()
      await #expect(throws: (any Error).self) { try await call.value }
    }
  }
}
