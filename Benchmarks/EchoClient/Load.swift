import Foundation
import WeftRPC

/// Callers that each wait for a reply before the next call.
struct Load: Sendable {
  let client: Weft_Bench_V1_EchoServiceClient
  let concurrency: Int
  /// Where the callers run; nil for Swift's thread pool.
  let executor: (any TaskExecutor)?

  /// - Returns: microseconds that each call took.
  func run(calls: Int) async throws -> [Double] {
    let each = calls / concurrency
    return try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<concurrency {
        // Told of no preference at all, a task on the pool would have one that is looked for at every step.
        if let executor {
          group.addTask(executorPreference: executor) { try await caller(calls: each) }
        } else {
          group.addTask { try await caller(calls: each) }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private func caller(calls: Int) async throws -> [Double] {
    let request = Self.request
    var latencies: [Double] = []
    latencies.reserveCapacity(calls)
    for _ in 0..<calls {
      let start = ContinuousClock.now
      let reply = try await client.echo(request)
      precondition(reply.version == request.version + 1)
      latencies.append((ContinuousClock.now - start) / .microseconds(1))
    }
    return latencies
  }

  /// What h2load sends, too.
  private static var request: Weft_Bench_V1_EchoRequest {
    var request = Weft_Bench_V1_EchoRequest()
    request.service = "resume"
    request.environment = "production"
    request.version = 7
    request.tags = ["zh", "en"]
    request.comment = "raise the page limit after the load test of last week, agreed with ops"
    return request
  }

  /// What all threads of this process have used.
  static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
