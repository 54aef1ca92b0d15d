import Synchronization
import Testing

@testable import WeftRPC

/// What is left of streaming calls that are over.
@Suite struct EndedStreamTests {
  /// Calls that are still in memory.
  private final class Leftovers: Sendable {
    private struct Entry {
      weak var call: ServerCall?
    }

    private let entries = Mutex<[Entry]>([])

    func add(_ context: ServerContext) {
      let call = context.call
      entries.withLock { $0.append(Entry(call: call)) }
    }

    var isEmpty: Bool { entries.withLock { $0.allSatisfy { $0.call == nil } } }
  }

  enum End: CaseIterable { case cancelledInStream, cancelledInSleep, cancelledInRequests, early, late }

  /// Fails by never ending.
  @Test(arguments: End.allCases) func leavesNothingBehind(_ end: End) async throws {
    let leftovers = Leftovers()
    let started = AsyncStream.makeStream(of: Void.self)
    var service = EchoService()
    service.chat = { requests, responses, context in
      leftovers.add(context)
      started.continuation.yield()
      switch end {
      case .early: return
      case .late: for try await _ in requests { return try await responses.write(Text("y")) }
      case .cancelledInStream:
        let stream = AsyncStream.makeStream(of: Void.self)
        for await _ in stream.stream {}
      case .cancelledInSleep: try await Task.sleep(for: .seconds(3600))
      case .cancelledInRequests: for try await _ in requests {}
      }
    }
    try await withEcho(service, options: .neverRetry) { channel in
      for _ in 0..<10 {
        let call = Task {
          try await channel.bidirectional(Echo.chat) { requests, responses in
            try await requests.write(Text("x"))
            for try await _ in responses {}
          }
        }
        for await _ in started.stream { break }
        if ![.early, .late].contains(end) { call.cancel() }
        _ = await call.result
      }
      while !leftovers.isEmpty { await Task.yield() }
    }
  }
}
